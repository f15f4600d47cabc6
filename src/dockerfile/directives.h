#pragma once

#include "dockerfile/ast.h"

namespace imgslim::dockerfile {

/// Reads the directives at the top of file.source into `directives` and `escape`, and what is wrong with them into
/// `problems`. Returns the first line behind them.
[[nodiscard]] std::uint32_t read_directives(File& file);

}  // namespace imgslim::dockerfile
