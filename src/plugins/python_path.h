#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/rule.h"

namespace imgslim::plugins {

/// A Python interpreter in a process: the program itself, or a libpython that a program embeds.
struct PythonHome {
  std::string object;           ///< canonical path of the program or of libpython
  std::string version;          ///< "3.11"
  std::string prefix;           ///< "/usr": has lib/python3.11/os.py
  std::string environment;      ///< of a virtual environment: the directory that holds pyvenv.cfg; "" else
  bool system_packages = true;  ///< false in a virtual environment without include-system-site-packages
  bool embedded = false;

  /// "cpython-311".
  [[nodiscard]] std::string tag() const;
  [[nodiscard]] std::string standard_library() const { return prefix + "/lib/python" + version; }
};
[[nodiscard]] std::optional<PythonHome> find_python(const Context& context);

/// What the interpreter was told on its command line (Doc/using/cmdline.rst).
struct PythonCommand {
  std::string script, module, code;    ///< at most one is set
  std::vector<std::string> arguments;  ///< behind it
  bool no_site = false, no_user_site = false, no_environment = false, no_unsafe_path = false;
};
[[nodiscard]] PythonCommand parse_python_command(const entrypoint::Process& process);

/// sys.path as the program finds it, and what .pth files import.
struct PythonPath {
  std::vector<std::string> directories;
  struct Startup {
    std::string module, file;  ///< an `import` line of a .pth file
  };
  std::vector<Startup> startup;
};
[[nodiscard]] PythonPath python_path(const Context& context, const PythonHome& home, const PythonCommand& command);

}  // namespace imgslim::plugins
