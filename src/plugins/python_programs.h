#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "plugins/python_path.h"

namespace imgslim::plugins {

/// A module that a program loads by a name which no import statement holds.
struct PythonLoad {
  std::string after;   ///< when this module was reached; "" for at once
  std::string module;  ///< dotted
  std::string reason;  ///< "argument app:app", "worker class sync"
  Tier tier = Tier::likely;
};

/// What the command line and the environment name ("gunicorn app:app", FLASK_APP, DJANGO_SETTINGS_MODULE, the scheme of
/// DATABASE_URL), and what well-known servers load by default.
[[nodiscard]] std::vector<PythonLoad> python_loads(const entrypoint::Process& process, const PythonCommand& command);

}  // namespace imgslim::plugins
