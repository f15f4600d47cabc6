// One Dockerfile to findings: parse, facts, every rule that is on, then what comments, waivers and severities make of
// the drafts. In the slim profile rules that look at the same smell yield one finding that carries all their ids; in
// the compat profile each rule speaks for itself, as its tool would.
#include <algorithm>
#include <deque>
#include <set>

#include "core/nearest.h"
#include "dockerfile/parse.h"
#include "rules/context.h"
#include "rules/ruleset.h"
#include "rules/run.h"
#include "rules/shellcheck.h"
#include "rules/suppression.h"

namespace imgslim {
namespace {

/// Rules compare instructions of a stage with each other; no Dockerfile of a person has so many.
constexpr std::size_t most_instructions = 5'000;

using rules::Draft;
using rules::Facts;
using rules::Pragma;
using rules::Rule;

/// By id or alias.
bool is_named(const std::string& selector, const RuleInfo& info) {
  return rules::same_rule(selector, info.id) ||
         std::any_of(info.aliases.begin(), info.aliases.end(),
                     [&](const std::string& alias) { return rules::same_rule(selector, alias); });
}

/// Also by the beginning of an id, or as one of all; rules that are in no profile want to be named.
bool names_rule(const std::string& selector, const RuleInfo& info) {
  if (is_named(selector, info)) return true;
  if (info.profiles.empty()) return false;
  const auto bare = rules::bare_rule_id(selector);
  const bool is_prefix = bare.size() >= 2 && (bare.starts_with("SL") || bare.starts_with("DL"));
  return selector == "all" || (is_prefix && info.id.starts_with(bare));
}

bool names_one_of(const std::vector<std::string>& selectors, const RuleInfo& info) {
  return std::any_of(selectors.begin(), selectors.end(),
                     [&](const std::string& selector) { return names_rule(selector, info); });
}

bool is_shellcheck(std::string_view id) { return rules::bare_rule_id(id).starts_with("SC"); }
/// Ids that hadolint had once; configurations still name them.
bool is_retired(std::string_view id) {
  constexpr std::string_view retired[] = {"DL3005", "DL3017", "DL3031", "DL3039", "DL4002"};
  return std::any_of(std::begin(retired), std::end(retired),
                     [&](std::string_view known) { return rules::same_rule(known, id); });
}

Status check_selectors(const std::vector<Rule>& all, const std::vector<std::string>& selectors) {
  for (const auto& selector : selectors) {
    const bool known =
        std::any_of(all.begin(), all.end(), [&](const Rule& rule) { return names_rule(selector, rule.info); });
    if (known || is_shellcheck(selector) || is_retired(selector)) continue;
    std::vector<std::string_view> ids;
    for (const auto& rule : all) ids.push_back(rule.info.id);
    return usage_error("there is no rule " + selector + did_you_mean(selector, ids) + " (imgslim rules lists them)");
  }
  return Done{};
}

Status check_options(const std::vector<Rule>& all, const LintOptions& options) {
  if (options.profile != "slim" && options.profile != "compat")
    return usage_error("there is no profile " + options.profile + ": slim or compat");
  for (const auto* selectors : {&options.select, &options.extend, &options.ignore})
    IMGSLIM_TRY_DONE(check_selectors(all, *selectors));
  constexpr std::string_view severities[] = {"error", "warning", "info", "style", "off"};
  for (const auto& [id, severity] : options.severity) {
    IMGSLIM_TRY_DONE(check_selectors(all, {id}));
    if (std::find(std::begin(severities), std::end(severities), std::string_view(severity)) == std::end(severities))
      return usage_error("severity " + severity + " of " + id + did_you_mean(severity, severities) +
                         ": error, warning, info, style or off");
  }
  return Done{};
}

std::string severity_of(const RuleInfo& info, const LintOptions& options) {
  for (const auto& [id, severity] : options.severity)
    if (rules::same_rule(id, info.id)) return severity;
  for (const auto& [id, severity] : options.severity)
    if (names_rule(id, info)) return severity;
  return info.severity;
}

bool is_buildkit_rule(std::string_view id) { return !id.starts_with("SL") && !id.starts_with("DL"); }

/// Whether the file itself turns on one of BuildKit's experimental rules.
bool is_experiment(const Rule& rule, const rules::Suppression& suppression) {
  const auto& on = suppression.experimental;
  return is_buildkit_rule(rule.info.id) && rule.info.profiles.empty() &&
         std::any_of(on.begin(), on.end(), [&](const std::string& id) { return id == "all" || id == rule.info.id; });
}

bool is_on(const Rule& rule, const LintOptions& options, const rules::Suppression& suppression) {
  if (rule.match.empty() && !rule.check) return false;  // declared: needs an image
  if (names_one_of(options.ignore, rule.info) || severity_of(rule.info, options) == "off") return false;
  if (!options.select.empty()) return names_one_of(options.select, rule.info);
  if (names_one_of(options.extend, rule.info) || is_experiment(rule, suppression)) return true;
  return options.profile == "compat" ? rule.compat : rule.slim;
}

/// Whether what another program says under that id is asked for.
bool is_wanted(const RuleInfo& info, const LintOptions& options) {
  if (names_one_of(options.ignore, info) || severity_of(info, options) == "off") return false;
  return options.select.empty() || names_one_of(options.select, info);
}

/// Whether a comment's list covers the rule; its aliases count, unless each tool speaks for itself.
bool covers(const Pragma& pragma, const Draft& draft, const LintOptions& options) {
  if (pragma.all && is_buildkit_rule(draft.rule->info.id)) return true;
  return std::any_of(pragma.rules.begin(), pragma.rules.end(), [&](const std::string& id) {
    if (rules::same_rule(id, draft.rule->info.id)) return true;
    const auto& aliases = draft.finding.aliases;
    return options.profile != "compat" && std::any_of(aliases.begin(), aliases.end(), [&](const std::string& alias) {
             return rules::same_rule(id, alias);
           });
  });
}

bool reaches(const Pragma& pragma, const Draft& draft, const Facts& facts) {
  if (pragma.reach == Pragma::Reach::file) return true;
  if (!pragma.instruction || draft.whole_file) return false;
  if (pragma.reach == Pragma::Reach::instruction) return *pragma.instruction == draft.step;
  const auto& steps = facts.plain.steps;
  return *pragma.instruction < steps.size() && draft.step < steps.size() &&
         steps[*pragma.instruction].stage == steps[draft.step].stage;
}

bool is_waived(const Draft& draft, const LintOptions& options, std::string_view path) {
  return std::any_of(options.waivers.begin(), options.waivers.end(), [&](const Waiver& waiver) {
    if (!waiver.until.empty() && !options.today.empty() && waiver.until < options.today) return false;
    return names_rule(waiver.rule, draft.rule->info) && (waiver.path.empty() || rules::path_matches(waiver.path, path));
  });
}

struct Work {
  const Facts& facts;
  const LintOptions& options;
  const rules::Suppression& suppression;
  std::string_view path;
};

/// Takes out what comments and waivers hide; gives how many.
std::uint64_t suppress(std::vector<Draft>& drafts, const Work& work) {
  const auto hidden = [&](const Draft& draft) {
    if (is_waived(draft, work.options, work.path)) return true;
    if (work.options.ignore_pragmas || draft.finding.rule == "DL1001") return false;
    const auto& pragmas = work.suppression.pragmas;
    return std::any_of(pragmas.begin(), pragmas.end(), [&](const Pragma& pragma) {
      return covers(pragma, draft, work.options) && reaches(pragma, draft, work.facts);
    });
  };
  return std::erase_if(drafts, hidden);
}

/// Findings of rules that another's on the same instruction stands for go into it as aliases.
void merge(std::vector<Draft>& drafts) {
  std::set<const Draft*> gone;
  for (auto& draft : drafts) {
    for (const auto& other : drafts) {
      if (&other == &draft || other.step != draft.step || other.whole_file != draft.whole_file) continue;
      const auto& replaces = draft.rule->replaces;
      if (std::find(replaces.begin(), replaces.end(), other.finding.rule) == replaces.end()) continue;
      gone.insert(&other);
      auto& aliases = draft.finding.aliases;
      if (std::find(aliases.begin(), aliases.end(), other.finding.rule) == aliases.end())
        aliases.push_back(other.finding.rule);
    }
  }
  std::vector<Draft> kept;
  for (auto& draft : drafts)
    if (!gone.contains(&draft)) kept.push_back(std::move(draft));
  drafts = std::move(kept);
}

/// Rules that were asked for by name and have nothing to look at.
std::vector<Note> image_notes(const std::vector<Rule>& all, const LintOptions& options) {
  std::vector<Note> notes;
  for (const auto& rule : all) {
    const auto named = [&](const std::string& selector) { return rules::same_rule(selector, rule.info.id); };
    const bool asked = std::any_of(options.select.begin(), options.select.end(), named) ||
                       std::any_of(options.extend.begin(), options.extend.end(), named);
    if (asked && rule.info.needs == "image")
      notes.push_back({"needs-image", rule.info.id, "looks at an image: imgslim analyze IMAGE --dockerfile FILE"});
  }
  return notes;
}

Facts facts_of(const dockerfile::File& file, const LintSource& source, const LintOptions& options) {
  dockerfile::BuildInputs inputs;
  inputs.arguments.insert(options.build_arguments.begin(), options.build_arguments.end());
  inputs.contexts = options.contexts;
  inputs.target = options.target;
  auto facts = rules::make_facts(file, inputs);
  rules::add_context(facts, source);
  return facts;
}

std::vector<ReportFinding> findings_of(std::vector<Draft>& drafts, const Work& work) {
  std::vector<ReportFinding> findings;
  for (auto& draft : drafts) {
    const bool is_error = work.suppression.check_errors && is_buildkit_rule(draft.finding.rule);
    draft.finding.severity = is_error ? "error" : severity_of(draft.rule->info, work.options);
    draft.finding.location.file = work.path;
    findings.push_back(std::move(draft.finding));
  }
  std::stable_sort(findings.begin(), findings.end(), [](const ReportFinding& a, const ReportFinding& b) {
    return std::tie(a.location.line, a.location.column, a.rule) < std::tie(b.location.line, b.location.column, b.rule);
  });
  findings.erase(std::unique(findings.begin(), findings.end()), findings.end());
  return findings;
}

}  // namespace

Result<LintResult> Ruleset::lint(const LintSource& source, const LintOptions& options) const {
  IMGSLIM_TRY_DONE(check_options(rules_->rules, options));
  const auto file = dockerfile::parse(source.text);
  if (file.instructions.size() > most_instructions)
    return limit_error(source.path + ": more than " + std::to_string(most_instructions) + " instructions");
  const auto facts = facts_of(file, source, options);
  const auto suppression = rules::read_suppression(facts, options);
  const Work work{facts, options, suppression, source.path};
  std::vector<Draft> drafts;
  for (const auto& rule : rules_->rules)
    if (is_on(rule, options, suppression)) rules::run_rule(rule, facts, options, drafts);
  std::deque<Rule> shell_rules;
  for (auto& draft : rules::shellcheck_drafts(facts, options, shell_rules))
    if (is_wanted(draft.rule->info, options)) drafts.push_back(std::move(draft));
  LintResult result;
  result.notes = image_notes(rules_->rules, options);
  result.suppressed = suppress(drafts, work);
  if (options.profile != "compat") merge(drafts);
  result.findings = findings_of(drafts, work);
  return result;
}

}  // namespace imgslim
