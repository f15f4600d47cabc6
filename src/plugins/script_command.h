#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "entrypoint/process.h"

namespace imgslim::plugins {

/// How an interpreter reads its command line: perl, ruby and node differ in letters only.
struct ScriptGrammar {
  std::string_view values;        ///< short options with a value: attached or the next word
  std::string_view attached;      ///< short options whose value is attached or missing (perl's -i.bak)
  std::string_view code;          ///< those of `values` that are program text (-e)
  std::string_view modules;       ///< those of `values` that name a module (-M, -r)
  std::string_view directories;   ///< those of `values` that add to the search path (-I)
  std::string_view long_values;   ///< long options whose value is the next word, blank-separated, without "--"
  std::string_view long_modules;  ///< those of `long_values` that name a module
};

struct ScriptCommand {
  std::string script;  ///< absolute; "" when there is none
  std::string code;
  std::vector<std::string> modules, directories;
};

/// Splits the interpreter's command line into what it runs and what it loads first. Relative paths are joined to the
/// working directory.
[[nodiscard]] ScriptCommand parse_script_command(const entrypoint::Process& process, const ScriptGrammar& grammar);

/// Joins a path to the working directory of the process unless it is absolute.
[[nodiscard]] std::string absolute_path(const entrypoint::Process& process, std::string_view path);

/// The parts of a list such as PATH, empty ones left out.
[[nodiscard]] std::vector<std::string> split_list(std::string_view list, char separator);

}  // namespace imgslim::plugins
