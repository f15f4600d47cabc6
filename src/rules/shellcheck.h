#pragma once

#include <deque>
#include <vector>

#include "rules/run.h"

namespace imgslim::rules {

/// What ShellCheck says of the RUN instructions in shell form, as drafts of rules "SC2086" … that are put into `rules`.
/// The scripts are what hadolint gives it: with the shell in effect, and ENV and ARG as exported variables. Nothing
/// when options.shellcheck is not set or says nothing that can be read.
[[nodiscard]] std::vector<Draft> shellcheck_drafts(const Facts& facts, const LintOptions& options,
                                                   std::deque<Rule>& rules);

}  // namespace imgslim::rules
