#include "analysis/verify_layers.h"

#include <algorithm>
#include <optional>

namespace imgslim::analysis {
namespace {

/// For each place in the config's order, the position of the layer with that diff_id, each layer used once; nothing
/// when a diff_id is not among the layers.
std::optional<std::vector<std::size_t>> config_order(const LoadedImage& image) {
  std::vector<std::size_t> order;
  std::vector<bool> used(image.layers.size(), false);
  for (const auto& ref : image.info.layers) {
    std::size_t found = image.layers.size();
    for (std::size_t i = 0; i < image.layers.size() && found == image.layers.size(); ++i)
      if (!used[i] && !ref.diff_id.empty() && image.layers[i]->diff_id == ref.diff_id) found = i;
    if (found == image.layers.size()) return std::nullopt;
    used[found] = true;
    order.push_back(found);
  }
  return order;
}

/// Moves layers and descriptors into the config's order; diff_ids stand there already.
void reorder(LoadedImage& image, const std::vector<std::size_t>& order) {
  auto refs = image.info.layers;
  std::vector<tree::LayerPtr> layers;
  for (std::size_t i = 0; i < order.size(); ++i) {
    layers.push_back(image.layers[order[i]]);
    refs[i].descriptor = image.info.layers[order[i]].descriptor;
    refs[i].member = image.info.layers[order[i]].member;
  }
  image.layers = std::move(layers);
  image.info.layers = std::move(refs);
}

std::string place(std::size_t index) { return "layer " + std::to_string(index + 1); }

/// Compares one computed digest; other algorithms than sha256 are left unverified.
Result<std::optional<bool>> compare(const Digest& claimed, const Digest& computed, const std::string& what,
                                    image::Strictness strictness, LayerVerdict& verdict) {
  if (claimed.empty() || computed.empty()) return std::optional<bool>();
  if (!claimed.is_sha256()) {
    verdict.notes.push_back(
        {"digest-not-verified", what, "only sha256 is computed, not " + std::string(claimed.algorithm())});
    return std::optional<bool>();
  }
  if (claimed == computed) return std::optional(true);
  const auto text = "claimed " + claimed.text() + ", the bytes give " + computed.text();
  if (strictness == image::Strictness::strict) return input_error(what + ": " + text);
  verdict.notes.push_back({"digest-mismatch", what, text});
  return std::optional(false);
}

}  // namespace

Result<LayerVerdict> verify_layers(LoadedImage& image, image::Strictness strictness) {
  LayerVerdict verdict;
  if (const auto order = config_order(image); order && !std::is_sorted(order->begin(), order->end())) {
    // Repeated layers may sort either way: only a real move is worth a word.
    reorder(image, *order);
    verdict.notes.push_back(
        {"layer-order", "manifest",
         "the manifest lists the layers in another order than the config's diff_ids; the config's order is used"});
  }
  for (std::size_t i = 0; i < image.layers.size(); ++i) {
    const auto& ref = image.info.layers[i];
    LayerCheck check;
    if (!ref.missing.empty()) {
      verdict.notes.push_back({"missing-layer", place(i), ref.missing + ": " + ref.descriptor.digest.text()});
      verdict.complete = false;
    } else {
      const auto& layer = *image.layers[i];
      IMGSLIM_TRY(check.digest_verified,
                  compare(ref.descriptor.digest, layer.blob_digest, place(i) + " blob", strictness, verdict));
      IMGSLIM_TRY(check.diff_id_verified,
                  compare(ref.diff_id, layer.diff_id, place(i) + " diff_id", strictness, verdict));
    }
    verdict.checks.push_back(check);
  }
  return verdict;
}

}  // namespace imgslim::analysis
