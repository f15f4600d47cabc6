// A rule's own cases: every bad one must make it fire, no good one may. A rule with an edit must mend at least one of
// its bad cases, unless only a built image can ask for the edit; wherever it edits, its finding must be gone and the
// file still parse.
#include <algorithm>

#include "dockerfile/parse.h"
#include "imgslim/fix.h"
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

bool names(const LintResult& result, const std::string& rule) {
  return std::any_of(result.findings.begin(), result.findings.end(),
                     [&](const ReportFinding& finding) { return finding.rule == rule; });
}

enum class Mended { yes, no_edit, badly };

Mended mend(const Ruleset& rules, const Rule& rule, const RuleCase& test) {
  const auto fixed = fix_dockerfile(rules, source_of(test), options_of(rule, test));
  if (!fixed) return Mended::badly;
  if (fixed->fixes == 0) return Mended::no_edit;
  const bool worse = dockerfile::parse(fixed->text).problems.size() > dockerfile::parse(test.text).problems.size();
  return worse || names(fixed->left, rule.info.id) ? Mended::badly : Mended::yes;
}

/// What is wrong with the rule's edit, one line each.
std::vector<std::string> edit_problems(const Ruleset& rules, const Rule& rule) {
  std::vector<std::string> problems;
  if (rule.edit.empty() || rule.bad.empty() || rules::needs_image(rule.edit.front())) return problems;
  bool mended_one = false;
  for (const auto& test : rule.bad) {
    const auto mended = mend(rules, rule, test);
    mended_one = mended_one || mended == Mended::yes;
    if (mended == Mended::badly)
      problems.push_back(rule.file + ":" + std::to_string(test.line) + ":" + std::to_string(test.column) + ": " +
                         rule.info.id + " is not mended by its edit");
  }
  if (!mended_one) problems.push_back(rule.file + ": the edit of " + rule.info.id + " mends none of its bad cases");
  return problems;
}

}  // namespace

std::vector<std::string> Ruleset::test() const {
  std::vector<std::string> problems;
  const auto try_case = [&](const Rule& rule, const RuleCase& test, bool fires) {
    const auto result = lint(source_of(test), options_of(rule, test));
    const auto place = rule.file + ":" + std::to_string(test.line) + ":" + std::to_string(test.column) + ": ";
    if (!result) return problems.push_back(place + result.error().message);
    const bool fired = names(*result, rule.info.id);
    if (fired != fires)
      problems.push_back(place + rule.info.id + (fired ? " fires on a good case" : " is silent on a bad case"));
  };
  for (const auto& rule : rules_->rules) {
    for (const auto& test : rule.bad) try_case(rule, test, true);
    for (const auto& test : rule.good) try_case(rule, test, false);
    const auto of_edit = edit_problems(*this, rule);
    problems.insert(problems.end(), of_edit.begin(), of_edit.end());
  }
  return problems;
}

}  // namespace imgslim
