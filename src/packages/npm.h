#pragma once

#include <string_view>

#include "core/limits.h"
#include "packages/package.h"

namespace imgslim::packages {

/// The npm package whose package.json is at `path` (clean); it owns the directory of that file whole. Packages in a
/// node_modules below it own their directories in turn: the longest directory that holds a file wins.
[[nodiscard]] PackageSet read_npm(std::string_view path, std::string_view package_json, const Limits& limits);

}  // namespace imgslim::packages
