// One Dockerfile to findings: parse, facts, every rule that is on, then what comments, waivers and severities make of
// the drafts. In the slim profile rules that look at the same smell yield one finding that carries all their ids; in
// the compat profile each rule speaks for itself, as its tool would.
#include "rules/lint.h"

#include <algorithm>
#include <deque>

#include "dockerfile/parse.h"
#include "rules/context.h"
#include "rules/ruleset.h"
#include "rules/selection.h"
#include "rules/shellcheck.h"

namespace imgslim {
namespace rules {
namespace {

/// Rules compare instructions of a stage with each other; no Dockerfile of a person has so many.
constexpr std::size_t most_instructions = 5'000;

/// Rules that were asked for by name and have nothing to look at.
std::vector<Note> image_notes(const std::vector<Rule>& all, const LintOptions& options) {
  std::vector<Note> notes;
  for (const auto& rule : all) {
    const auto named = [&](const std::string& selector) { return same_rule(selector, rule.info.id); };
    const bool asked = std::any_of(options.select.begin(), options.select.end(), named) ||
                       std::any_of(options.extend.begin(), options.extend.end(), named);
    if (asked && rule.info.needs == "image")
      notes.push_back({"needs-image", rule.info.id, "looks at an image: imgslim analyze IMAGE --dockerfile FILE"});
  }
  return notes;
}

}  // namespace

Facts facts_of(const dockerfile::File& file, const LintSource& source, const LintOptions& options) {
  dockerfile::BuildInputs inputs;
  inputs.arguments.insert(options.build_arguments.begin(), options.build_arguments.end());
  inputs.contexts = options.contexts;
  inputs.target = options.target;
  auto facts = make_facts(file, inputs);
  add_context(facts, source);
  return facts;
}

Result<Linted> lint_file(const LintInput& input, const Facts& facts, ImageSide* image) {
  IMGSLIM_TRY_DONE(check_options(input.rules, input.options));
  const auto suppression = read_suppression(facts, input.options);
  std::vector<Draft> drafts;
  for (const auto& rule : input.rules)
    if (is_on(rule, input.options, suppression)) run_rule(rule, facts, input.options, drafts);
  std::deque<Rule> shell_rules;
  for (auto& draft : shellcheck_drafts(facts, input.options, shell_rules))
    if (is_wanted(draft.rule->info, input.options)) drafts.push_back(std::move(draft));
  auto judged = judge(std::move(drafts), {facts, input.options, suppression, input.path}, image);
  Linted result;
  for (auto& draft : judged.drafts) result.findings.push_back({std::move(draft.finding), draft.image_finding});
  result.suppressed = judged.suppressed;
  return result;
}

Status check_length(const dockerfile::File& file, std::string_view path) {
  if (file.instructions.size() <= most_instructions) return Done{};
  return limit_error(std::string(path) + ": more than " + std::to_string(most_instructions) + " instructions");
}

}  // namespace rules

Result<LintResult> Ruleset::lint(const LintSource& source, const LintOptions& options) const {
  const auto file = dockerfile::parse(source.text);
  IMGSLIM_TRY_DONE(rules::check_length(file, source.path));
  const auto facts = rules::facts_of(file, source, options);
  IMGSLIM_TRY(auto linted, rules::lint_file({rules_->rules, options, source.path}, facts, nullptr));
  LintResult result;
  result.notes = rules::image_notes(rules_->rules, options);
  result.suppressed = linted.suppressed;
  for (auto& item : linted.findings) result.findings.push_back(std::move(item.finding));
  return result;
}

}  // namespace imgslim
