#include "rules/label_checks.h"

#include <algorithm>
#include <set>

#include "rules/label_values.h"
#include "rules/stage_facts.h"

namespace imgslim::rules {
namespace {

using dockerfile::KeyValues;
using dockerfile::Keyword;

const KeyValues* labels_of(const Step& step) {
  return step.instruction->keyword == Keyword::label ? step.instruction->as<KeyValues>() : nullptr;
}

std::string plain(const Linter& linter, const dockerfile::Word& word) {
  return dockerfile::unquote(word.text, linter.facts.file->escape);
}

bool sets(const Linter& linter, const Step& step, const std::string& label) {
  const auto* labels = labels_of(step);
  return labels && std::any_of(labels->pairs.begin(), labels->pairs.end(),
                               [&](const dockerfile::KeyValue& pair) { return plain(linter, pair.key) == label; });
}

/// Stages that lack a label: not those FROM a stage that has it, nor those that another stage copies from or that a
/// labelled stage is the child of.
void check_missing_label(const Linter& linter, const std::string& label) {
  const auto& facts = linter.facts;
  std::set<std::uint32_t> good, silent;
  for (const auto& step : facts.plain.steps) {
    if (!step.stage) continue;
    const auto stage = *step.stage;
    const auto& current = facts.stages[stage];
    const auto& name = current.name.empty() ? current.image : current.name;
    if (sets(linter, step, label)) good.insert(stage);
    for (std::uint32_t at = 0; at < stage; ++at) {
      const auto& other = facts.stages[at];
      if (other.name.empty()) continue;
      if (step.instruction->flag_value("from") == other.name) silent.insert(at);
      if (step.image && step.image->name == other.name && good.contains(at)) good.insert(stage);
      if (sets(linter, step, label) && name == other.name) silent.insert(at);
    }
  }
  for (std::uint32_t at = 0; at < facts.stages.size(); ++at)
    if (!good.contains(at) && !silent.contains(at))
      linter.at(facts.plain.steps[facts.stages[at].from], {}, "label `" + label + "` is missing");
}

std::vector<std::string> texts(const Parameters& parameters, std::string_view name) {
  std::vector<std::string> out;
  if (const auto* list = parameters.find(name))
    for (const auto& item : list->items) out.push_back(item.text);
  return out;
}

}  // namespace

void check_missing_labels(const Linter& linter) {
  for (const auto& [label, type] : linter.options.label_schema) check_missing_label(linter, label);
}

void check_superfluous_labels(const Linter& linter) {
  if (!linter.options.strict_labels) return;
  for (const auto& step : linter.facts.plain.steps) {
    const auto* labels = labels_of(step);
    if (!labels) continue;
    for (const auto& pair : labels->pairs)
      if (const auto key = plain(linter, pair.key); !linter.options.label_schema.contains(key))
        linter.at(step, pair.span, "label `" + key + "` is not in the label schema");
  }
}

void check_label_values(const Linter& linter) {
  const auto type = parameter(linter.rule.parameters, "type");
  const auto licenses = texts(linter.rule.parameters, "licenses");
  const auto exceptions = texts(linter.rule.parameters, "exceptions");
  for (const auto& step : linter.facts.plain.steps) {
    const auto* labels = labels_of(step);
    if (!labels) continue;
    for (const auto& pair : labels->pairs) {
      const auto wanted = linter.options.label_schema.find(plain(linter, pair.key));
      if (wanted == linter.options.label_schema.end()) continue;
      if (type != "empty" && wanted->second != type) continue;
      const auto value = pair.value ? plain(linter, *pair.value) : std::string();
      const bool fits = type == "empty"  ? !value.empty()
                        : type == "spdx" ? is_license_expression(value, licenses, exceptions)
                                         : is_label_value(type, value);
      if (!fits) linter.at(step, pair.span, "label `" + wanted->first + "`: " + linter.rule.message);
    }
  }
}

}  // namespace imgslim::rules
