#pragma once

#include <functional>
#include <string>
#include <vector>

#include "imgslim/lint.h"

namespace CLI {
class App;
}

namespace imgslim::app {

/// What `imgslim lint`, `rules` and `explain` are asked for.
struct LintCommand {
  enum class Action { lint, list_rules, test_rules, explain } action = Action::lint;
  std::vector<std::string> files;  ///< Dockerfiles, directories, patterns, "-"; none for this directory
  LintOptions options;
  std::vector<std::string> severity;         ///< ID=LEVEL
  std::vector<std::string> build_arguments;  ///< NAME=VALUE, or NAME for the environment's value
  std::vector<std::string> contexts;         ///< NAME=PLACE
  std::vector<std::string> labels;           ///< NAME:TYPE
  std::string context_directory;             ///< "" for each Dockerfile's own
  std::string rules_directory;
  std::string config_file;
  bool no_config = false;
  std::string fail_on;     ///< error | warning | info | style | none; "" for the profile's
  std::string shellcheck;  ///< auto | never | always; "" for the profile's
  bool fix = false, diff = false, ast = false;
  std::string rule;  ///< explain
};

/// Adds the commands to the parser. `command` outlives it; `chosen` is called when one of them is.
void add_lint_commands(CLI::App& app, LintCommand& command, std::vector<std::string>& outputs,
                       const std::function<void()>& chosen);

}  // namespace imgslim::app
