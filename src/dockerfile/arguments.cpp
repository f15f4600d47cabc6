// What stands behind keyword and flags, for each instruction as the reference gives its form: a list of words, one
// text, a JSON array where one is allowed, name=value pairs with quotes, or a further instruction (ONBUILD, read by
// parse.cpp).
#include "dockerfile/arguments.h"

#include <algorithm>
#include <map>

#include "dockerfile/blanks.h"
#include "dockerfile/heredoc.h"
#include "dockerfile/json_array.h"
#include "dockerfile/mounts.h"
#include "dockerfile/words.h"

namespace imgslim::dockerfile {
namespace {

std::uint32_t size_of(const MappedText& text) { return static_cast<std::uint32_t>(text.text().size()); }

Span span_of(const MappedText& text) { return text.source_span(0, size_of(text)); }

/// Takes the text as JSON array when it is one.
bool read_json(Instruction& instruction, const MappedText& text, std::vector<Problem>& problems) {
  auto array = parse_json_array(text);
  if (!array) return false;
  instruction.form = Form::json;
  instruction.words = std::move(array->strings);
  for (const auto span : array->other_elements)
    problems.push_back(
        {ProblemKind::bad_json, instruction.upper + ": an array of arguments may hold strings only", span});
  return true;
}

void read_text(Instruction& instruction, const MappedText& text) {
  instruction.form = Form::text;
  if (!text.empty()) instruction.words.push_back(word_at(text, 0, text.text().size()));
}

void read_words(Instruction& instruction, const MappedText& text) {
  instruction.form = Form::words;
  instruction.words = split_words(text);
}

void read_from(Instruction& instruction) {
  read_words(instruction, instruction.arguments);
  From from;
  const auto& words = instruction.words;
  if (!words.empty()) from.base = words[0];
  if (words.size() >= 3 && to_lower(words[1].text) == "as") {
    from.as_word = words[1];
    from.alias = words[2];
  }
  instruction.details = std::move(from);
}

void read_copy(Instruction& instruction, std::vector<Problem>& problems) {
  if (!read_json(instruction, instruction.arguments, problems)) read_words(instruction, instruction.arguments);
  Copy copy;
  if (instruction.words.size() >= 2) {
    copy.sources.assign(instruction.words.begin(), instruction.words.end() - 1);
    copy.destination = instruction.words.back();
  } else {
    copy.sources = instruction.words;
  }
  copy.heredoc_of.resize(copy.sources.size());
  instruction.details = std::move(copy);
}

/// ENV name value: the name ends at the first separator, all the rest is the value.
void read_legacy_pair(Instruction& instruction, KeyValues& values) {
  const auto& text = instruction.arguments.text();
  const auto end = std::min(text.find_first_of(" \t\v\f\r"), text.size());
  const auto value = std::min(text.find_first_not_of(" \t\v\f\r", end), text.size());
  values.legacy = true;
  KeyValue pair{word_at(instruction.arguments, 0, end), std::nullopt, span_of(instruction.arguments)};
  if (value < text.size()) pair.value = word_at(instruction.arguments, value, text.size());
  instruction.words = {pair.key};
  if (pair.value) instruction.words.push_back(*pair.value);
  values.pairs.push_back(std::move(pair));
}

/// The quoted words of the arguments, each cut at its first "=".
void read_pairs(Instruction& instruction, char escape) {
  instruction.form = Form::words;
  instruction.words = split_quoted_words(instruction.arguments, escape);
  KeyValues values;
  const bool may_be_legacy = instruction.keyword != Keyword::arg;
  if (may_be_legacy && !instruction.words.empty() && instruction.words[0].text.find('=') == std::string::npos) {
    read_legacy_pair(instruction, values);
    instruction.details = std::move(values);
    return;
  }
  // Spans of a word's parts: through the text, since continued lines may stand within the word.
  std::size_t at = 0;
  for (const auto& word : instruction.words) {
    at = instruction.arguments.text().find(word.text, at);
    const auto end = at + word.text.size();
    const auto equals = std::min(instruction.arguments.text().find('=', at), end);
    KeyValue pair{word_at(instruction.arguments, at, equals), std::nullopt, word.span};
    if (equals < end) pair.value = word_at(instruction.arguments, equals + 1, end);
    values.pairs.push_back(std::move(pair));
    at = end;
  }
  instruction.details = std::move(values);
}

void read_healthcheck(Instruction& instruction, std::vector<Problem>& problems) {
  const std::string_view text = instruction.arguments.text();
  std::size_t end = 0;
  while (end < text.size() && space_at(text, end) == 0) ++end;
  Healthcheck check;
  check.type = word_at(instruction.arguments, 0, end);
  check.none = to_lower(check.type.text) == "none";
  const auto rest = static_cast<std::uint32_t>(text.size() - trim_left(text.substr(end)).size());
  const auto command = instruction.arguments.part(rest, size_of(instruction.arguments));
  if (!read_json(instruction, command, problems)) read_text(instruction, command);
  instruction.details = std::move(check);
}

void read_run(Instruction& instruction, const std::vector<ReadFlag>& flags, std::vector<Problem>& problems) {
  if (!read_json(instruction, instruction.arguments, problems)) read_text(instruction, instruction.arguments);
  Run run;
  for (const auto& flag : flags)
    if (flag.flag.name == "mount" && flag.flag.value) run.mounts.push_back(read_mount(flag, problems));
  instruction.details = std::move(run);
}

/// Reports on one instruction.
class Checker {
 public:
  Checker(const Instruction& instruction, std::vector<Problem>& problems)
      : instruction_(instruction), problems_(problems) {}

  void check() {
    switch (instruction_.keyword) {
      case Keyword::from:
        return check_from();
      case Keyword::add:
      case Keyword::copy:
        return check_copy();
      case Keyword::env:
      case Keyword::label:
      case Keyword::arg:
        return check_pairs();
      case Keyword::healthcheck:
        return check_healthcheck();
      case Keyword::shell:
        return check_shell();
      case Keyword::volume:
        return check_volume();
      case Keyword::expose:
      case Keyword::maintainer:
      case Keyword::onbuild:
      case Keyword::run:
      case Keyword::stopsignal:
      case Keyword::user:
      case Keyword::workdir:
        return require_arguments("one argument");
      default:
        return;
    }
  }

 private:
  void bad(ProblemKind kind, std::string text) { bad(kind, std::move(text), instruction_.logical_span); }
  void bad(ProblemKind kind, std::string text, Span span) {
    problems_.push_back({kind, instruction_.upper + " " + std::move(text), span});
  }

  void require_arguments(const char* count) {
    const bool empty_json = instruction_.form == Form::json && instruction_.words.empty();
    if (instruction_.arguments.empty() || (empty_json && instruction_.keyword != Keyword::run))
      bad(ProblemKind::missing_arguments, std::string("needs at least ") + count);
  }

  void check_from() {
    if (instruction_.words.empty()) return bad(ProblemKind::missing_arguments, "needs an image");
    const auto& from = std::get<From>(instruction_.details);
    if (instruction_.words.size() != 1 && (instruction_.words.size() != 3 || !from.alias))
      return bad(ProblemKind::bad_arguments, "is followed by an image, or by an image, AS and a name",
                 instruction_.logical_span);
    if (from.alias && !is_stage_name(to_lower(from.alias->text)))
      bad(ProblemKind::bad_stage_name,
          "… AS " + excerpt(from.alias->text) +
              ": a stage's name begins with a letter and has letters, digits, - _ and . only",
          from.alias->span);
  }

  static bool is_stage_name(std::string_view name) {
    const auto letter = [](char c) { return c >= 'a' && c <= 'z'; };
    return !name.empty() && letter(name[0]) && std::all_of(name.begin(), name.end(), [&](char c) {
      return letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
    });
  }

  void check_copy() {
    const auto& copy = std::get<Copy>(instruction_.details);
    if (!copy.destination) return bad(ProblemKind::missing_arguments, "needs a source and a destination");
    if (heredoc_of_word(copy.destination->text))
      bad(ProblemKind::bad_arguments, "cannot write to a heredoc", copy.destination->span);
  }

  void check_pairs() {
    const auto& values = std::get<KeyValues>(instruction_.details);
    if (values.pairs.empty()) return require_arguments("one name and value");
    for (const auto& pair : values.pairs) {
      if (pair.key.text.empty()) {
        bad(ProblemKind::bad_arguments, "has a name that is empty", pair.span);
      } else if (!pair.value && instruction_.keyword != Keyword::arg) {
        bad(values.legacy ? ProblemKind::missing_arguments : ProblemKind::bad_arguments,
            excerpt(pair.key.text) + ": no value, write name=value", pair.span);
      }
    }
  }

  void check_healthcheck() {
    const auto& check = std::get<Healthcheck>(instruction_.details);
    if (check.type.text.empty()) return require_arguments("CMD with a command, or NONE");
    if (check.none) {
      if (!instruction_.words.empty()) bad(ProblemKind::too_many_arguments, "NONE takes no arguments");
    } else if (to_lower(check.type.text) != "cmd") {
      bad(ProblemKind::bad_arguments, excerpt(check.type.text) + ": the type is CMD or NONE", check.type.span);
    } else if (instruction_.words.empty()) {
      bad(ProblemKind::missing_arguments, "CMD needs a command");
    }
  }

  void check_shell() {
    if (instruction_.words.empty()) return require_arguments("one argument");
    if (instruction_.form != Form::json)
      bad(ProblemKind::json_required, "needs a JSON array, such as [\"/bin/bash\", \"-c\"]",
          span_of(instruction_.arguments));
  }

  void check_volume() {
    require_arguments("one path");
    for (const auto& word : instruction_.words)
      if (trim(word.text).empty()) bad(ProblemKind::bad_arguments, "has a path that is empty", word.span);
  }

  const Instruction& instruction_;
  std::vector<Problem>& problems_;
};

}  // namespace

void read_arguments(Instruction& instruction, const std::vector<ReadFlag>& flags, char escape,
                    std::vector<Problem>& problems) {
  const auto& text = instruction.arguments;
  switch (instruction.keyword) {
    case Keyword::add:
    case Keyword::copy:
      return read_copy(instruction, problems);
    case Keyword::arg:
    case Keyword::env:
    case Keyword::label:
      return read_pairs(instruction, escape);
    case Keyword::cmd:
    case Keyword::entrypoint:
    case Keyword::shell:
      if (!read_json(instruction, text, problems)) read_text(instruction, text);
      return;
    case Keyword::volume:
      if (!read_json(instruction, text, problems)) read_words(instruction, text);
      return;
    case Keyword::from:
      return read_from(instruction);
    case Keyword::healthcheck:
      return read_healthcheck(instruction, problems);
    case Keyword::run:
      return read_run(instruction, flags, problems);
    case Keyword::maintainer:
    case Keyword::stopsignal:
    case Keyword::user:
    case Keyword::workdir:
      return read_text(instruction, text);
    case Keyword::onbuild:
      return;
    case Keyword::expose:
    case Keyword::unknown:
      return read_words(instruction, text);
  }
}

void check_arguments(const Instruction& instruction, std::vector<Problem>& problems) {
  Checker(instruction, problems).check();
}

void match_heredoc_sources(Instruction& instruction) {
  auto* copy = std::get_if<Copy>(&instruction.details);
  if (copy == nullptr || instruction.form == Form::json) return;
  // BuildKit looks bodies up by name: of two with one name, the last.
  std::map<std::string_view, std::uint32_t> by_name;
  for (std::uint32_t i = 0; i < instruction.heredocs.size(); ++i) by_name[instruction.heredocs[i].name] = i;
  for (std::size_t i = 0; i < copy->sources.size(); ++i) {
    const auto named = heredoc_of_word(copy->sources[i].text);
    const auto found = named ? by_name.find(named->name) : by_name.end();
    if (found != by_name.end()) copy->heredoc_of[i] = found->second;
  }
}

}  // namespace imgslim::dockerfile
