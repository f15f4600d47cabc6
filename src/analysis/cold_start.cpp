#include "analysis/cold_start.h"

#include <algorithm>
#include <set>

namespace imgslim::analysis {
namespace {

/// How many of the lowest layers the images of a node have in the same order.
std::size_t layers_in_common(const Analysis& analysis) {
  std::size_t most = 0;
  for (const auto& image : analysis.node->images) {
    std::size_t same = 0;
    while (same < image.diff_ids.size() && same < analysis.tree.layer_count() && !image.diff_ids[same].empty() &&
           image.diff_ids[same] == analysis.tree.layer(static_cast<tree::LayerIndex>(same)).diff_id)
      ++same;
    most = std::max(most, same);
  }
  return most;
}

bool is_named(const Analysis& analysis, tree::LayerIndex index) {
  const auto& layer = analysis.tree.layer(index);
  const auto& stated = analysis.info.layers[index].descriptor.digest;
  const auto& named = analysis.node->layers;
  return std::any_of(named.begin(), named.end(), [&](const Digest& digest) {
    return digest == layer.diff_id || digest == layer.blob_digest || digest == stated;
  });
}

/// bytes / rate in milliseconds, without overflow.
std::uint64_t duration_ms(std::uint64_t bytes, std::uint64_t bytes_per_second) {
  return bytes / bytes_per_second * 1000 + bytes % bytes_per_second * 1000 / bytes_per_second;
}

}  // namespace

std::optional<ReportColdStart> cold_start(const Analysis& analysis) {
  if (!analysis.node) return std::nullopt;
  ReportColdStart start;
  for (const auto& image : analysis.node->images) start.have.push_back(image.name);
  for (const auto& digest : analysis.node->layers) start.have.push_back(digest.text());
  const auto below = layers_in_common(analysis);
  std::set<std::string> pulled;  // a layer that the image has twice is pulled once
  for (tree::LayerIndex i = 0; i < analysis.tree.layer_count(); ++i) {
    const auto& layer = analysis.tree.layer(i);
    if (i < below || is_named(analysis, i)) {
      ++start.layers_present;
      continue;
    }
    start.unpacked_bytes += layer.payload_bytes;
    if (!pulled.insert(layer.diff_id.text()).second) continue;
    const bool is_compressed = layer.compression != archive::Compression::none;
    start.pull_bytes += is_compressed ? layer.blob_bytes : layer.compressed_bytes_estimate;
    start.pull_is_estimate = start.pull_is_estimate || !is_compressed;
  }
  if (analysis.startup) start.touched_bytes = analysis.startup->cold_cache_bytes;
  start.bytes_per_second = analysis.node->bytes_per_second;
  if (start.bytes_per_second) start.pull_ms = duration_ms(start.pull_bytes, *start.bytes_per_second);
  return start;
}

}  // namespace imgslim::analysis
