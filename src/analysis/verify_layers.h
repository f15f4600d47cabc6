#pragma once

#include <vector>

#include "analysis/analysis.h"
#include "analysis/input.h"
#include "image/resolve.h"

namespace imgslim::analysis {

/// What verification found out.
struct LayerVerdict {
  std::vector<LayerCheck> checks;  ///< per layer, in the final order
  std::vector<Note> notes;
  bool complete = true;  ///< no layer lacks its content
};

/// Compares computed digests with what manifest and config claim, and puts layers that stand in another order than the
/// config's diff_ids into that order: the config decides (config.md, rootfs.diff_ids). A mismatch is a note, or an
/// input error when strict.
Result<LayerVerdict> verify_layers(LoadedImage& image, image::Strictness strictness);

}  // namespace imgslim::analysis
