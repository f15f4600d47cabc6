#pragma once

#include <vector>

#include "analysis/analysis.h"
#include "core/tier.h"
#include "imgslim/libraries.h"
#include "rootfs/file_system.h"

namespace imgslim::analysis {

/// What to copy into an empty stage so that the image's command finds what it loads at start, up to a tier: each file
/// by the path through which it is opened, the configuration that names it, and whole directories for interpreted code,
/// whose imports at run time nobody foresees. By package.
[[nodiscard]] std::vector<CopyGroup> copy_groups(const Analysis& analysis, Tier limit);

}  // namespace imgslim::analysis
