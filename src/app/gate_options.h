#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "imgslim/budget.h"

namespace CLI {
class App;
}

namespace imgslim::app {

/// What `imgslim check`, `diff` and `init` are asked for, besides what they share with analyze.
struct GateCommand {
  enum class Action { check, diff, init } action = Action::check;
  std::string max_size, max_pull, max_wasted, max_rss, max_layer, max_sharing_lost;  ///< "" = not given
  std::optional<std::uint32_t> max_layers;
  std::vector<std::string> max_paths, max_packages;  ///< GLOB=SIZE, NAME=SIZE
  std::string max_increase;                          ///< of the unpacked size
  std::string baseline;                              ///< a saved report, a lock or an image
  bool other_platform = false;                       ///< a baseline of another platform is no error
  std::string fail_on;
  int exit_code = 1;
  std::string config_file;
  bool no_config = false;
  std::string dive_file;                    ///< --dive-ci, or --from of init
  std::string write_lock;                   ///< file
  std::string head;                         ///< diff
  bool force = false;                       ///< init
  std::string init_file = ".imgslim.yaml";  ///< init: what to write
};

/// The limits that flags state, in the order of the help. Errors are usage, with the flag.
Result<std::vector<BudgetLimit>> limits_of_flags(const GateCommand& command);

/// Adds the flags of the gate to a command.
void add_gate_flags(CLI::App& check, GateCommand& command);

}  // namespace imgslim::app
