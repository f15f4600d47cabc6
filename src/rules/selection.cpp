#include "rules/selection.h"

#include <algorithm>

#include "core/nearest.h"
#include "rules/suppression.h"

namespace imgslim::rules {
namespace {

/// By id or alias.
bool is_named(const std::string& selector, const RuleInfo& info) {
  return same_rule(selector, info.id) ||
         std::any_of(info.aliases.begin(), info.aliases.end(),
                     [&](const std::string& alias) { return same_rule(selector, alias); });
}

}  // namespace

bool names_rule(const std::string& selector, const RuleInfo& info) {
  if (is_named(selector, info)) return true;
  if (info.profiles.empty()) return false;
  const auto bare = bare_rule_id(selector);
  const bool is_prefix = bare.size() >= 2 && (bare.starts_with("SL") || bare.starts_with("DL"));
  return selector == "all" || (is_prefix && info.id.starts_with(bare));
}

namespace {

bool names_one_of(const std::vector<std::string>& selectors, const RuleInfo& info) {
  return std::any_of(selectors.begin(), selectors.end(),
                     [&](const std::string& selector) { return names_rule(selector, info); });
}

bool is_shellcheck(std::string_view id) { return bare_rule_id(id).starts_with("SC"); }
/// Ids that hadolint had once; configurations still name them.
bool is_retired(std::string_view id) {
  constexpr std::string_view retired[] = {"DL3005", "DL3017", "DL3031", "DL3039", "DL4002"};
  return std::any_of(std::begin(retired), std::end(retired),
                     [&](std::string_view known) { return same_rule(known, id); });
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

/// Whether the file itself turns on one of BuildKit's experimental rules.
bool is_experiment(const Rule& rule, const Suppression& suppression) {
  const auto& on = suppression.experimental;
  return is_buildkit_rule(rule.info.id) && rule.info.profiles.empty() &&
         std::any_of(on.begin(), on.end(), [&](const std::string& id) { return id == "all" || id == rule.info.id; });
}

}  // namespace

Status check_options(const std::vector<Rule>& all, const LintOptions& options) {
  if (options.profile != "slim" && options.profile != "compat")
    return usage_error("there is no profile " + options.profile + ": slim or compat");
  for (const auto* selectors : {&options.select, &options.extend, &options.ignore})
    IMGSLIM_TRY_DONE(check_selectors(all, *selectors));
  constexpr std::string_view severities[] = {"error", "warning", "info", "style", "off"};
  for (const auto& [id, severity] : options.severity) {
    IMGSLIM_TRY_DONE(check_selectors(all, {id}));
    if (std::find(std::begin(severities), std::end(severities), std::string_view(severity)) == std::end(severities))
      return usage_error("severity " + severity + (" of " + id) + did_you_mean(severity, severities) +
                         ": error, warning, info, style or off");
  }
  return Done{};
}

std::string severity_of(const RuleInfo& info, const LintOptions& options) {
  for (const auto& [id, severity] : options.severity)
    if (same_rule(id, info.id)) return severity;
  for (const auto& [id, severity] : options.severity)
    if (names_rule(id, info)) return severity;
  return info.severity;
}

bool is_buildkit_rule(std::string_view id) { return !id.starts_with("SL") && !id.starts_with("DL"); }

bool is_on(const Rule& rule, const LintOptions& options, const Suppression& suppression) {
  if (names_one_of(options.ignore, rule.info) || severity_of(rule.info, options) == "off") return false;
  if (!options.select.empty()) return names_one_of(options.select, rule.info);
  if (names_one_of(options.extend, rule.info) || is_experiment(rule, suppression)) return true;
  return options.profile == "compat" ? rule.compat : rule.slim;
}

bool is_wanted(const RuleInfo& info, const LintOptions& options) {
  if (names_one_of(options.ignore, info) || severity_of(info, options) == "off") return false;
  return options.select.empty() || names_one_of(options.select, info);
}

}  // namespace imgslim::rules
