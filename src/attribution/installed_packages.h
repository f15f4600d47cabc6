#pragma once

#include <vector>

#include "core/limits.h"
#include "packages/package.h"
#include "tree/merged_tree.h"

namespace imgslim::attribution {

/// All packages that the visible databases of the image state, in order of precedence for ownership: system package
/// managers (deb, apk, rpm, chisel, conda), then language packages (gem, pip, npm), then single files (jars, Go
/// binaries).
[[nodiscard]] packages::PackageSet installed_packages(const tree::MergedTree& tree, const Limits& limits);

}  // namespace imgslim::attribution
