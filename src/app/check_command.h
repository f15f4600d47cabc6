#pragma once

#include "app/exit_code.h"
#include "app/options.h"

namespace imgslim::app {

/// The gate: analyzes, judges, prints, and gives 0 or 1 (or --exit-code) by the verdict alone. Neither formats nor the
/// environment change it.
Result<ExitCode> run_check(const Options& options);

}  // namespace imgslim::app
