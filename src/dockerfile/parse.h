#pragma once

#include <string_view>

#include "dockerfile/ast.h"

namespace imgslim::dockerfile {

/// Parses a Dockerfile or a fragment of one. Never fails and never stops early: what is wrong becomes a Problem, and an
/// instruction with a problem still has all that could be read of it. Linear in the text. Of a
/// text larger than 1 GiB the first GiB counts.
[[nodiscard]] File parse(std::string_view text);

}  // namespace imgslim::dockerfile
