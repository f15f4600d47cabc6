#pragma once

#include <string>

#include "dockerfile/ast.h"

namespace imgslim::dockerfile {

/// Parses a Dockerfile or a fragment of one. Never fails and never stops early: what is wrong becomes a Problem, and an
/// instruction with a problem still has all that could be read of it. Linear in the text. Of texts of 4 GiB and more
/// the first 4 GiB count.
[[nodiscard]] File parse(std::string text);

}  // namespace imgslim::dockerfile
