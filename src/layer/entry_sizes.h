#pragma once

#include <cstdint>
#include <vector>

#include "archive/decompressor.h"
#include "layer/layer.h"

namespace imgslim::layer {

/// Gives each entry its headers, padding and share of the blob: entry i covers the stream from offsets[i] to
/// offsets[i + 1]. Contents and the layer's stored_bytes are set already.
void settle_sizes(Layer& layer, const std::vector<std::uint64_t>& offsets, const archive::CompressionMap& map);

}  // namespace imgslim::layer
