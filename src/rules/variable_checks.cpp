#include "rules/variable_checks.h"

#include <algorithm>
#include <set>

#include "core/nearest.h"
#include "rules/stage_facts.h"

namespace imgslim::rules {
namespace {

using dockerfile::Keyword;
using dockerfile::Knowledge;
using dockerfile::ResolvedWord;

bool is_from(const Facts& facts, const ResolvedWord& word) {
  return word.instruction < facts.plain.steps.size() &&
         facts.plain.steps[word.instruction].instruction->keyword == Keyword::from;
}

/// Where a reference of a word stands in the file: words are written as they are there but for continued lines.
dockerfile::Span place_of(const ResolvedWord& word, const dockerfile::VariableReference& reference) {
  if (reference.end > word.span.size()) return word.span;
  return {word.span.begin + reference.begin, word.span.begin + reference.end};
}

void report_undefined(const Linter& linter, const ResolvedWord& word, std::string_view text) {
  std::set<std::string> seen;
  for (const auto& reference : word.expansion.references) {
    if (reference.knowledge != Knowledge::undefined || reference.guarded || !seen.insert(reference.name).second)
      continue;
    // Every image has a PATH; what else a base image defines is known in a build only.
    if (reference.name == "PATH" && !is_from(linter.facts, word)) continue;
    auto names = linter.facts.resolved.names(word.instruction);
    names.emplace_back("PATH");
    const std::vector<std::string_view> known(names.begin(), names.end());
    linter.report({word.instruction, place_of(word, reference),
                   std::string(text) + " $" + reference.name + did_you_mean(reference.name, known), false});
  }
}

/// A reference as the registry's clients take it (github.com/distribution/reference), or a plain name.
bool is_valid_reference(const std::string& name) {
  static const auto pattern = [] {
    std::string problem;
    return Pattern::compile(
        R"(^(([a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])(\.([a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]))*(:[0-9]+)?/)?[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(@[A-Za-z][A-Za-z0-9]*([-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,})?$)",
        problem);
  }();
  return pattern && pattern->matches(name);
}

/// What the ARGs above the first FROM say without any --build-arg.
std::map<std::string, std::string, std::less<>> default_arguments(const Linter& linter) {
  std::map<std::string, std::string, std::less<>> values;
  const auto lookup = [&](std::string_view name) {
    const auto found = values.find(name);
    return found == values.end() ? dockerfile::VariableValue{}
                                 : dockerfile::VariableValue{Knowledge::known, found->second};
  };
  const dockerfile::ExpandOptions options{linter.facts.file->escape, dockerfile::Unknowns::empty};
  for (const auto& step : linter.facts.plain.steps) {
    const auto* pairs = step.instruction->as<dockerfile::KeyValues>();
    if (step.stage || !pairs || step.instruction->keyword != Keyword::arg) continue;
    for (const auto& pair : pairs->pairs)
      if (pair.value) values[pair.key.text] = dockerfile::expand(pair.value->text, lookup, options).text;
  }
  return values;
}

bool is_predefined(std::string_view name) {
  constexpr std::string_view names[] = {"TARGETPLATFORM", "TARGETOS", "TARGETARCH", "TARGETVARIANT", "TARGETSTAGE",
                                        "BUILDPLATFORM",  "BUILDOS",  "BUILDARCH",  "BUILDVARIANT"};
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

}  // namespace

void check_from_variables(const Linter& linter) {
  for (const auto& word : linter.facts.resolved.words())
    if (is_from(linter.facts, word)) report_undefined(linter, word, "FROM uses an argument that is not declared:");
}

void check_undefined_variables(const Linter& linter) {
  for (const auto& word : linter.facts.resolved.words())
    if (!is_from(linter.facts, word) && word.instruction < linter.facts.plain.steps.size() &&
        linter.facts.plain.steps[word.instruction].stage)
      report_undefined(linter, word, "variable is not defined:");
}

void check_default_arguments(const Linter& linter) {
  const auto defaults = default_arguments(linter);
  const auto lookup = [&](std::string_view name) {
    const auto found = defaults.find(name);
    if (found != defaults.end()) return dockerfile::VariableValue{Knowledge::known, found->second};
    return is_predefined(name) ? dockerfile::VariableValue{Knowledge::known, "linux"} : dockerfile::VariableValue{};
  };
  const dockerfile::ExpandOptions options{linter.facts.file->escape, dockerfile::Unknowns::empty};
  for (const auto& step : linter.facts.plain.steps) {
    const auto* from = step.instruction->as<dockerfile::From>();
    if (!from) continue;
    const auto name = dockerfile::expand(from->base.text, lookup, options).text;
    if (!is_valid_reference(name)) linter.at(step, from->base.span);
  }
}

void check_missing_healthcheck(const Linter& linter) {
  std::set<std::string> healthy;
  for (const auto& stage : linter.facts.stages) {
    const auto& steps = linter.facts.plain.steps;
    const auto index = &stage - linter.facts.stages.data();
    const bool has = std::any_of(steps.begin(), steps.end(), [&](const Step& step) {
      return step.stage && *step.stage == static_cast<std::uint32_t>(index) &&
             step.instruction->keyword == Keyword::healthcheck;
    });
    if (has || healthy.contains(stage.image)) healthy.insert(stage.name.empty() ? stage.image : stage.name);
    if (!has && !healthy.contains(stage.image)) linter.at(steps[stage.from]);
  }
}

void check_unreachable_stages(const Linter& linter) {
  if (!linter.facts.resolved.target()) return;
  for (const auto& stage : linter.facts.stages)
    if (!stage.reachable) linter.at(linter.facts.plain.steps[stage.from]);
}

}  // namespace imgslim::rules
