#pragma once

#include "app/exit_code.h"
#include "app/options.h"

namespace imgslim::app {

/// Runs lint, rules or explain: prints what is asked for. The code is gate_failed when a finding is at least as severe
/// as --fail-on says, or when a rule fails its own cases.
Result<ExitCode> run_lint(const Options& options);

}  // namespace imgslim::app
