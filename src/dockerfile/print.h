#pragma once

#include <string>

#include "dockerfile/ast.h"

namespace imgslim::dockerfile {

/// Writes a Dockerfile that parses to the same instructions, positions, comments and blank lines aside: each on one
/// line, heredocs behind it.
[[nodiscard]] std::string print(const File& file);

/// Flags and arguments on one line.
[[nodiscard]] std::string print_arguments(const Instruction& instruction);

}  // namespace imgslim::dockerfile
