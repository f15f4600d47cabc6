#include "rules/fields.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace imgslim::rules {
namespace {

using dockerfile::Copy;
using dockerfile::From;
using dockerfile::KeyValues;
using dockerfile::Word;
using Texts = std::vector<std::string>;

enum class Form : bool { written, expanded };

struct Source {
  const Facts& facts;
  const Step& step;
  Form form;

  [[nodiscard]] std::string text(const Word& word) const {
    if (form == Form::expanded) return facts.expanded(word);
    return step.instruction->form == dockerfile::Form::json ? word.text
                                                            : dockerfile::unquote(word.text, facts.file->escape);
  }
};

Texts keyword(const Source& source) { return {source.step.instruction->name.text}; }
Texts all_text(const Source& source) { return {source.step.instruction->arguments.text()}; }

Texts form(const Source& source) {
  const auto& instruction = *source.step.instruction;
  const auto* check = instruction.as<dockerfile::Healthcheck>();
  if (check && check->none) return {};
  return {instruction.form == dockerfile::Form::json ? "exec" : "shell"};
}

Texts words(const Source& source) {
  Texts texts;
  for (const auto& word : source.step.instruction->words) texts.push_back(source.text(word));
  return texts;
}

Texts image_part(const Source& source, std::string ImageName::*part) {
  const auto* from = source.step.instruction->as<From>();
  if (!from) return {};
  const auto image = split_image_name(source.text(from->base));
  if ((image.*part).empty()) return {};
  return {image.*part};
}

Texts image(const Source& source) {
  const auto* from = source.step.instruction->as<From>();
  return from ? Texts{source.text(from->base)} : Texts{};
}
Texts registry(const Source& source) { return image_part(source, &ImageName::registry); }
Texts image_name(const Source& source) { return image_part(source, &ImageName::name); }
Texts tag(const Source& source) { return image_part(source, &ImageName::tag); }
Texts digest(const Source& source) { return image_part(source, &ImageName::digest); }

Texts alias(const Source& source) {
  const auto* from = source.step.instruction->as<From>();
  return from && from->alias ? Texts{from->alias->text} : Texts{};
}
Texts as_word(const Source& source) {
  const auto* from = source.step.instruction->as<From>();
  return from && from->as_word ? Texts{from->as_word->text} : Texts{};
}

Texts sources(const Source& source) {
  const auto* copy = source.step.instruction->as<Copy>();
  if (!copy) return {};
  Texts texts;
  for (std::size_t at = 0; at < copy->sources.size(); ++at)
    if (at >= copy->heredoc_of.size() || !copy->heredoc_of[at]) texts.push_back(source.text(copy->sources[at]));
  return texts;
}
Texts destination(const Source& source) {
  const auto* copy = source.step.instruction->as<Copy>();
  return copy && copy->destination ? Texts{source.text(*copy->destination)} : Texts{};
}

Texts keys(const Source& source) {
  Texts texts;
  if (const auto* pairs = source.step.instruction->as<KeyValues>())
    for (const auto& pair : pairs->pairs) texts.push_back(source.text(pair.key));
  return texts;
}
Texts values(const Source& source) {
  Texts texts;
  if (const auto* pairs = source.step.instruction->as<KeyValues>())
    for (const auto& pair : pairs->pairs)
      if (pair.value) texts.push_back(source.text(*pair.value));
  return texts;
}
Texts legacy(const Source& source) {
  const auto* pairs = source.step.instruction->as<KeyValues>();
  return pairs && pairs->legacy ? Texts{"true"} : Texts{};
}

/// What a --from names among the stages up to this one.
Texts from_kind(const Source& source) {
  const auto* flag = source.step.instruction->flag("from");
  if (!flag || !flag->value) return {};
  const auto& name = *flag->value;
  const auto stage = source.step.stage;
  const auto& stages = source.facts.stages;
  if (stage && !stages[*stage].name.empty() && stages[*stage].name == name) return {"self"};
  for (std::size_t at = 0; stage && at < *stage; ++at)
    if (stages[at].name == name) return {"stage"};
  std::uint32_t index = 0;
  const auto [rest, code] = std::from_chars(name.data(), name.data() + name.size(), index);
  if (code == std::errc() && rest == name.data() + name.size() && stage && index <= *stage) return {"index"};
  return {name.find(':') != std::string::npos ? "image" : "unknown"};
}

using Getter = Texts (*)(const Source&);
constexpr std::pair<std::string_view, Getter> getters[] = {{"keyword", keyword},
                                                           {"text", all_text},
                                                           {"form", form},
                                                           {"word", words},
                                                           {"image", image},
                                                           {"alias", alias},
                                                           {"image.registry", registry},
                                                           {"image.name", image_name},
                                                           {"image.tag", tag},
                                                           {"as", as_word},
                                                           {"image.digest", digest},
                                                           {"source", sources},
                                                           {"destination", destination},
                                                           {"key", keys},
                                                           {"value", values},
                                                           {"legacy", legacy},
                                                           {"from", from_kind}};

constexpr std::string_view expanded_suffix = ".expanded";

std::string_view without_suffix(std::string_view name) {
  return name.ends_with(expanded_suffix) ? name.substr(0, name.size() - expanded_suffix.size()) : name;
}

Texts flag_values(const Source& source, std::string_view flag_name) {
  Texts texts;
  for (const auto& flag : source.step.instruction->flags) {
    if (flag.name != flag_name) continue;
    const auto* expansion = source.form == Form::expanded ? source.facts.resolved.expansion(flag.value_span) : nullptr;
    texts.push_back(expansion ? expansion->text : flag.value.value_or(""));
  }
  return texts;
}

}  // namespace

bool is_field(std::string_view name) {
  name = without_suffix(name);
  return name.starts_with("flag.") ||
         std::any_of(std::begin(getters), std::end(getters), [&](const auto& getter) { return getter.first == name; });
}

std::vector<std::string> field_values(const Facts& facts, const Step& step, std::string_view name) {
  const auto plain = without_suffix(name);
  const Source source{facts, step, plain == name ? Form::written : Form::expanded};
  if (plain.starts_with("flag.")) return flag_values(source, plain.substr(5));
  for (const auto& [known, get] : getters)
    if (known == plain) return get(source);
  return {};
}

}  // namespace imgslim::rules
