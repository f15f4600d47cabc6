#pragma once

#include <CLI/App.hpp>
#include <string>

namespace imgslim::app {

/// A completion script for bash, zsh or fish: commands first, then the flags of the command at hand, files otherwise.
/// Walks the parser itself, so that it can list no flag too many or too few.
[[nodiscard]] std::string completion_script(const CLI::App& app, const std::string& shell);

}  // namespace imgslim::app
