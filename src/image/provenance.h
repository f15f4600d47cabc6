#pragma once

#include <string_view>
#include <vector>

#include "core/limits.h"
#include "image/image_info.h"
#include "imgslim/result.h"

namespace imgslim::image {

/// Reads an in-toto statement with BuildKit's SLSA provenance (v0.2 or v1) and relates it to the image's layers (base
/// first). Only what the statement proves is set: mode=min has no steps. Input errors: no JSON, no statement with a
/// predicate.
Result<Provenance> read_provenance(std::string_view statement, const std::vector<LayerRef>& layers,
                                   const Limits& limits);

}  // namespace imgslim::image
