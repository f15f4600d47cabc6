#include "layer/entry_sizes.h"

namespace imgslim::layer {

void settle_sizes(Layer& layer, const std::vector<std::uint64_t>& offsets, const archive::CompressionMap& map) {
  std::uint64_t compressed_before = 0;
  for (std::size_t i = 0; i < layer.entries.size(); ++i) {
    Entry& entry = layer.entries[i];
    const bool last = i + 1 == layer.entries.size();
    entry.overhead_bytes = static_cast<std::uint32_t>(offsets[i + 1] - offsets[i] - entry.content_bytes);
    // The end-of-archive blocks go to the last entry, so that the entries sum to the blob.
    const auto compressed = map.compressed_offset(last ? layer.stored_bytes : offsets[i + 1]);
    entry.compressed_bytes = compressed - compressed_before;
    compressed_before = compressed;
  }
}

}  // namespace imgslim::layer
