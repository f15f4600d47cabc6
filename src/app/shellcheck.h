#pragma once

#include <string>
#include <vector>

namespace imgslim::app {

/// Whether the program is on the PATH.
[[nodiscard]] bool has_shellcheck();

/// Runs it over the scripts, as LintOptions::shellcheck wants it: each in a file of a private directory, named by its
/// number. "" when it cannot be run.
std::string run_shellcheck(const std::vector<std::string>& scripts);

}  // namespace imgslim::app
