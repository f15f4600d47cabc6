// Each kind of edit that rule files may name. They work on spans, so that everything else keeps its layout.
#include "rules/fixes.h"

#include <algorithm>
#include <array>

#include "core/path.h"
#include "dockerfile/blanks.h"
#include "dockerfile/expand.h"
#include "rules/fixes_of_commands.h"
#include "rules/fixes_of_languages.h"
#include "rules/fixes_of_layers.h"

namespace imgslim::rules {
namespace {

using dockerfile::Form;
using dockerfile::Instruction;
using dockerfile::Keyword;
using dockerfile::Span;
using dockerfile::Word;

constexpr auto npos = std::string_view::npos;

FindingEdit edit(Span span, std::string text) { return {span.begin, span.end, std::move(text)}; }
Edits only(Span span, std::string text) { return std::vector{edit(span, std::move(text))}; }

bool is_lower(std::string_view text) { return text == dockerfile::to_lower(text); }
bool is_upper(std::string_view text) { return text == dockerfile::to_upper(text); }
bool spans_lines(const dockerfile::File& file, Span span) { return file.text(span).find('\n') != npos; }

/// Whether ADD may unpack or fetch the source, or nobody can tell: variables, patterns, repositories.
bool may_be_special(const Word& source) {
  return source.text.find_first_of("$*?[@") != npos || source.text.find("://") != npos || source.text.ends_with(".git");
}

/// ADD becomes COPY, in the keyword's case, where it does nothing that COPY does not.
Edits copy_instead(const FixRecipe&, const FixPlace& place) {
  const auto& instruction = *place.step.instruction;
  const auto* copy = instruction.as<dockerfile::Copy>();
  for (const auto* flag : {"checksum", "keep-git-dir", "unpack"})
    if (instruction.flag(flag) != nullptr) return std::nullopt;
  if (copy == nullptr || std::any_of(copy->sources.begin(), copy->sources.end(), may_be_special)) return std::nullopt;
  return only(instruction.name.span, is_lower(instruction.name.text) ? "copy" : "COPY");
}

/// Takes the flag out, with the blanks behind it.
Edits drop_flag(const FixRecipe& recipe, const FixPlace& place) {
  const auto* flag = place.step.instruction->flag(recipe.text);
  if (flag == nullptr) return std::nullopt;
  const auto& source = place.facts.file->source;
  auto end = flag->span.end;
  while (end < source.size() && (source[end] == ' ' || source[end] == '\t')) ++end;
  return only({flag->span.begin, end}, "");
}

/// Whether ENTRYPOINT and CMD are both there: the form of one decides what becomes of the other.
bool meets_counterpart(const FixPlace& place) {
  const auto keyword = place.step.instruction->keyword;
  if (keyword != Keyword::cmd && keyword != Keyword::entrypoint) return false;
  const auto counterpart = keyword == Keyword::cmd ? Keyword::entrypoint : Keyword::cmd;
  const auto& all = place.facts.file->instructions;
  return std::any_of(all.begin(), all.end(), [&](const Instruction& other) { return other.keyword == counterpart; });
}

/// CMD a b becomes CMD ["a", "b"] where no shell is needed for it.
Edits json_form(const FixRecipe&, const FixPlace& place) {
  const auto& instruction = *place.step.instruction;
  if (meets_counterpart(place)) return std::nullopt;
  if (instruction.form != Form::text || instruction.words.size() != 1) return std::nullopt;
  const auto& command = instruction.words[0];
  constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./:,@%+-= \t";
  if (command.text.find_first_not_of(plain) != npos || spans_lines(*place.facts.file, command.span))
    return std::nullopt;
  std::string json;
  for (std::string_view rest = command.text; !rest.empty();) {
    const auto begin = std::min(rest.find_first_not_of(" \t"), rest.size());
    const auto end = std::min(rest.find_first_of(" \t", begin), rest.size());
    const auto word = rest.substr(begin, end - begin);
    constexpr std::array builtins{".", ":", "cd", "eval", "exec", "exit", "export", "set", "source", "ulimit", "umask"};
    const bool needs_shell =
        word.find('=') != npos || std::find(builtins.begin(), builtins.end(), word) != builtins.end();
    if (json.empty() && needs_shell) return std::nullopt;
    if (!word.empty()) json += (json.empty() ? "[\"" : ", \"") + std::string(word) + "\"";
    rest.remove_prefix(end);
  }
  return only(command.span, json + "]");
}

/// ENV name value becomes ENV name=value, in quotes when there are blanks.
Edits key_value_form(const FixRecipe&, const FixPlace& place) {
  const auto* values = place.step.instruction->as<dockerfile::KeyValues>();
  if (values == nullptr || !values->legacy || values->pairs.size() != 1 || !values->pairs[0].value) return std::nullopt;
  const auto& key = values->pairs[0].key;
  const auto& value = *values->pairs[0].value;
  const auto& file = *place.facts.file;
  const Span gap{key.span.end, value.span.begin};
  if (file.text(gap).find('#') != npos) return std::nullopt;
  bool has_blanks = false;
  for (std::size_t at = 0; at < value.text.size(); ++at)
    has_blanks = has_blanks || dockerfile::space_at(value.text, at) > 0;
  // Quotes and escapes would mean something else within quotes.
  const bool special = value.text.find_first_of("\"'") != npos || value.text.find(file.escape) != npos;
  if (!has_blanks && !special) return only(gap, "=");
  if (special) return std::nullopt;
  return std::vector{edit(gap, "=\""), edit({value.span.end, value.span.end}, "\"")};
}

/// MAINTAINER name becomes a label.
Edits authors_label(const FixRecipe&, const FixPlace& place) {
  const auto& instruction = *place.step.instruction;
  if (instruction.words.size() != 1 || spans_lines(*place.facts.file, instruction.logical_span)) return std::nullopt;
  std::string_view name = instruction.words[0].text;
  if (name.size() > 1 && (name.front() == '"' || name.front() == '\'') && name.back() == name.front())
    name = name.substr(1, name.size() - 2);
  std::string value;
  for (const char c : name) {
    if (c == '"' || c == '$' || c == place.facts.file->escape) value += place.facts.file->escape;
    value += c;
  }
  const auto* keyword = is_lower(instruction.name.text) ? "label" : "LABEL";
  return only({instruction.name.span.begin, instruction.words[0].span.end},
              keyword + std::string(" org.opencontainers.image.authors=\"") + value + "\"");
}

/// The destination of a COPY of several files ends with a slash.
Edits slash_destination(const FixRecipe&, const FixPlace& place) {
  const auto* copy = place.step.instruction->as<dockerfile::Copy>();
  if (copy == nullptr || !copy->destination || copy->destination->text.empty()) return std::nullopt;
  auto end = copy->destination->span.end;
  const bool in_quotes = copy->destination->text.ends_with('"') || place.step.instruction->form == Form::json;
  if (in_quotes) --end;
  if (place.facts.file->source[end] != '"' && in_quotes) return std::nullopt;
  return only({end, end}, "/");
}

Edits lower_alias(const FixRecipe&, const FixPlace& place) {
  const auto* from = place.step.instruction->as<dockerfile::From>();
  if (from == nullptr || !from->alias) return std::nullopt;
  return only(from->alias->span, dockerfile::to_lower(from->alias->text));
}

/// AS in the case of FROM.
Edits as_case(const FixRecipe&, const FixPlace& place) {
  const auto* from = place.step.instruction->as<dockerfile::From>();
  if (from == nullptr || !from->as_word) return std::nullopt;
  return only(from->as_word->span, is_lower(place.step.instruction->name.text) ? "as" : "AS");
}

/// The keyword in the case that most keywords of the file have; upper case wins when there are as many.
Edits keyword_case(const FixRecipe&, const FixPlace& place) {
  std::size_t upper = 0, lower = 0;
  for (const auto& instruction : place.facts.file->instructions) {
    upper += is_upper(instruction.name.text) ? 1u : 0u;
    lower += is_lower(instruction.name.text) ? 1u : 0u;
  }
  const auto& name = place.step.instruction->name;
  return only(name.span, lower > upper ? dockerfile::to_lower(name.text) : dockerfile::to_upper(name.text));
}

Edits drop_blank_lines(const FixRecipe&, const FixPlace& place) {
  const auto& source = place.facts.file->source;
  std::vector<FindingEdit> edits;
  for (const auto line : place.step.instruction->blank_lines) {
    const auto newline = source.find('\n', line.end);
    const auto end = newline == std::string::npos ? source.size() : newline + 1;
    edits.push_back(edit({line.begin, static_cast<std::uint32_t>(end)}, ""));
  }
  return edits.empty() ? std::nullopt : std::optional(std::move(edits));
}

/// Protocols of EXPOSE in lower case.
Edits lower_protocols(const FixRecipe&, const FixPlace& place) {
  std::vector<FindingEdit> edits;
  for (const auto& word : place.step.instruction->words) {
    const auto slash = word.text.find('/');
    if (slash == std::string::npos || word.text.find('$') != npos || word.span.size() != word.text.size()) continue;
    const auto protocol = std::string_view(word.text).substr(slash);
    if (is_lower(protocol)) continue;
    edits.push_back(
        edit({word.span.begin + static_cast<std::uint32_t>(slash), word.span.end}, dockerfile::to_lower(protocol)));
  }
  return edits.empty() ? std::nullopt : std::optional(std::move(edits));
}

struct Kind {
  std::string_view name;
  Edits (*make)(const FixRecipe&, const FixPlace&);
};

constexpr std::array<Kind, 27> kinds{{{"append", append_command},
                                      {"apt_archives", remove_apt_archives},
                                      {"apt_lists", remove_apt_lists},
                                      {"as_case", as_case},
                                      {"authors", authors_label},
                                      {"bind_mount", mount_instead},
                                      {"blank_lines", drop_blank_lines},
                                      {"clean_cache", clean_cache},
                                      {"copy", copy_instead},
                                      {"copy_flag", flag_of_copy},
                                      {"drop_flag", drop_flag},
                                      {"first", insert_first},
                                      {"insert", insert_argument},
                                      {"join", join_with_later},
                                      {"jre", jre_instead},
                                      {"json_form", json_form},
                                      {"key_value", key_value_form},
                                      {"keyword_case", keyword_case},
                                      {"lower_alias", lower_alias},
                                      {"lower_protocol", lower_protocols},
                                      {"move_removal", move_removal},
                                      {"omit_development", omit_development},
                                      {"remove_archives", remove_archives},
                                      {"rename", rename_command},
                                      {"slash", slash_destination},
                                      {"strip_go", strip_go_program},
                                      {"without_recommended", without_recommended}}};

}  // namespace

std::vector<std::string_view> fix_kinds() {
  std::vector<std::string_view> names;
  for (const auto& kind : kinds) names.push_back(kind.name);
  return names;
}

bool needs_image(const FixRecipe& recipe) {
  constexpr std::array kinds_of_images{"join", "remove_archives", "without_recommended"};
  return std::find(kinds_of_images.begin(), kinds_of_images.end(), recipe.kind) != kinds_of_images.end();
}

Edits make_edits(const FixRecipe& recipe, const FixPlace& place) {
  // What ONBUILD holds is built elsewhere.
  if (!place.facts.file->instructions[place.step.index].onbuild.empty()) return std::nullopt;
  const auto& commands = recipe.commands;
  const bool other_command =
      !commands.empty() && (place.command == nullptr || std::find(commands.begin(), commands.end(),
                                                                  base_name(place.command->name)) == commands.end());
  if (other_command) return std::nullopt;
  const auto found =
      std::find_if(kinds.begin(), kinds.end(), [&](const Kind& kind) { return kind.name == recipe.kind; });
  return found == kinds.end() ? std::nullopt : found->make(recipe, place);
}

}  // namespace imgslim::rules
