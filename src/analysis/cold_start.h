#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analysis/analysis.h"
#include "imgslim/report.h"

namespace imgslim::analysis {

/// What a node has to pull, unpack and read to start a container of the image, given what it has; nothing when nobody
/// asked. A layer is there when an image of the node has it on the same layers (a layer is stored as what it makes of
/// those below it: OCI config.md, "Layer ChainID"), or when it is named itself.
[[nodiscard]] std::optional<ReportColdStart> cold_start(const Analysis& analysis);

}  // namespace imgslim::analysis
