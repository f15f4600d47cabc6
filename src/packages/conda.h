#pragma once

#include <string_view>

#include "core/limits.h"
#include "packages/package.h"

namespace imgslim::packages {

/// The conda package of a record at `path` (clean, ".../conda-meta/NAME-VERSION-BUILD.json"). A record that is no JSON
/// gives no package and a note.
[[nodiscard]] PackageSet read_conda(std::string_view path, std::string_view text, const Limits& limits);

}  // namespace imgslim::packages
