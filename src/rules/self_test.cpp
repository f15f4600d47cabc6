// A rule's own cases: every bad one must make it fire, no good one may.
#include <algorithm>

#include "rules/ruleset.h"

namespace imgslim {
namespace {

using rules::Rule;
using rules::RuleCase;

LintSource source_of(const RuleCase& test) {
  LintSource source;
  source.path = "Dockerfile";
  source.text = test.text;
  source.has_context = test.ignore_patterns.has_value() || !test.context_files.empty();
  source.context_files = test.context_files;
  if (!test.ignore_patterns) return source;
  source.ignore_file.emplace();
  for (const auto& pattern : *test.ignore_patterns) *source.ignore_file += pattern + "\n";
  return source;
}

std::vector<std::string> texts(const rules::Parameters* value) {
  std::vector<std::string> out;
  if (value)
    for (const auto& item : value->items) out.push_back(item.text);
  return out;
}

LintOptions options_of(const Rule& rule, const RuleCase& test) {
  LintOptions options;
  options.profile = rule.slim ? "slim" : "compat";
  options.select = {rule.info.id};
  options.build_arguments = test.arguments;
  options.target = test.target;
  options.contexts = test.contexts;
  const auto& settings = test.settings;
  options.trusted_registries = texts(settings.find("trustedRegistries"));
  if (const auto* schema = settings.find("label-schema"))
    for (const auto& [label, kind] : schema->members) options.label_schema[label] = kind.text;
  if (const auto* strict = settings.find("strict-labels")) options.strict_labels = strict->truth;
  return options;
}

}  // namespace

std::vector<std::string> Ruleset::test() const {
  std::vector<std::string> problems;
  const auto try_case = [&](const Rule& rule, const RuleCase& test, bool fires) {
    const auto result = lint(source_of(test), options_of(rule, test));
    const auto place = rule.file + ":" + std::to_string(test.line) + ":" + std::to_string(test.column) + ": ";
    if (!result) return problems.push_back(place + result.error().message);
    const bool fired = std::any_of(result->findings.begin(), result->findings.end(),
                                   [&](const ReportFinding& finding) { return finding.rule == rule.info.id; });
    if (fired != fires)
      problems.push_back(place + rule.info.id + (fired ? " fires on a good case" : " is silent on a bad case"));
  };
  for (const auto& rule : rules_->rules) {
    for (const auto& test : rule.bad) try_case(rule, test, true);
    for (const auto& test : rule.good) try_case(rule, test, false);
  }
  return problems;
}

}  // namespace imgslim
