#pragma once

#include <span>
#include <string>
#include <string_view>

#include "packages/package.h"

namespace imgslim::packages {

/// The gem of a specification at `path` (clean): its unpacked directory, documentation, cached .gem and the
/// specification itself. `build_markers` are the paths of gem.build_complete files (DatabaseKind::gem_extension) of the
/// image, in any order; the directories of those that belong to this gem are its compiled extensions.
[[nodiscard]] PackageSet read_gem(std::string_view path, std::string_view specification,
                                  std::span<const std::string_view> build_markers);

}  // namespace imgslim::packages
