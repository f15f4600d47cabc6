#pragma once

#include "app/exit_code.h"
#include "app/options.h"

namespace imgslim::app {

/// Runs the command of the options, prints its outputs, and gives the exit code. An error becomes one escaped line on
/// standard error.
ExitCode run(const Options& given);

/// Prints an error as "imgslim: …" and gives its exit code.
ExitCode report_error(const Error& error);

}  // namespace imgslim::app
