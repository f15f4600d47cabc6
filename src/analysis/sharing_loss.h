#pragma once

#include <vector>

#include "analysis/analysis.h"
#include "imgslim/memory.h"
#include "runtime/findings.h"

namespace imgslim::analysis {

/// Pages that containers of this image do not share with those of the layers below because a later layer stores the
/// mapped file again with the same bytes (chmod, chown, touch, COPY again): overlayfs maps the inode of the layer, so
/// equal bytes elsewhere are another page cache. Layers with a loss, the largest first.
[[nodiscard]] MemorySharing sharing_loss(const Analysis& analysis);

/// SL6007: each of those layers, with its instruction.
[[nodiscard]] std::vector<runtime::Finding> sharing_findings(const MemorySharing& sharing);

}  // namespace imgslim::analysis
