#pragma once

#include <string>

#include "shell/ast.h"

namespace imgslim::shell {

/// Writes a script that parses to the same tree, spans, comments and the names of here-document delimiters aside.
/// Layout is plain: each command on a line of its own, every parameter in braces.
[[nodiscard]] std::string print(const Parsed& parsed);

}  // namespace imgslim::shell
