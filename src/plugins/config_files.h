#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "plugins/named_paths.h"
#include "plugins/rule.h"

namespace imgslim::plugins {

/// A configuration file that the process will probably read.
struct ConfigFile {
  std::string path;  ///< as reached: through the symlink of a "…-enabled" directory
  std::string_view text;
  std::string named_by;  ///< canonical path of the object or script that names it or its directory
};

/// Configuration files of the process: those that mapped objects name, those in directories that they name (below an
/// "etc" or "conf" directory, "…-available" left out), and those that the command line and the environment name. Each
/// once, bounded in number and bytes.
[[nodiscard]] std::vector<ConfigFile> config_files(const Context& context);

/// The value of an environment variable of the process, "" when unset.
[[nodiscard]] std::string_view environment_value(const entrypoint::Process& process, std::string_view name);

}  // namespace imgslim::plugins
