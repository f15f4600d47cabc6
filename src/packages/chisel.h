#pragma once

#include <string_view>

#include "core/limits.h"
#include "packages/package.h"

namespace imgslim::packages {

/// The packages of chisel's manifest.wall, zstd-compressed as chisel writes it or already plain, in the manifest's
/// order. A path that slices of several packages share is listed by each.
Result<PackageSet> read_chisel(std::string_view manifest, const Limits& limits);

}  // namespace imgslim::packages
