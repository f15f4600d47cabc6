#pragma once

#include <string>
#include <vector>

#include "rules/rule.h"
#include "rules/suppression.h"

/// Which rules are on, and how severe their findings are.
namespace imgslim::rules {

/// Whether a selector of the command line or a waiver names a rule: its id, an alias, the beginning of its id, "all".
/// Rules that are in no profile want to be named.
[[nodiscard]] bool names_rule(const std::string& selector, const RuleInfo& info);

/// Unknown ids, profiles and severities are usage errors.
Status check_options(const std::vector<Rule>& all, const LintOptions& options);

/// The rule's severity, or what the options make of it: "off" too.
[[nodiscard]] std::string severity_of(const RuleInfo& info, const LintOptions& options);

[[nodiscard]] bool is_buildkit_rule(std::string_view id);

[[nodiscard]] bool is_on(const Rule& rule, const LintOptions& options, const Suppression& suppression);

/// Whether what another program says under that id is asked for.
[[nodiscard]] bool is_wanted(const RuleInfo& info, const LintOptions& options);

}  // namespace imgslim::rules
