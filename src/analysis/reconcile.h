#pragma once

#include <string>

#include "analysis/analysis.h"
#include "imgslim/report.h"

namespace imgslim::analysis {

/// The first total that does not reconcile, as a sentence, or "" when all do: stored bytes and padding against each
/// layer's size, fates against stored and payload bytes, W = S − F with F counted from the merged tree, every dimension
/// against its total, children against parents, compressed bytes against blobs.
[[nodiscard]] std::string find_imbalance(const Analysis& analysis, const Report& report);

}  // namespace imgslim::analysis
