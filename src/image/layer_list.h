#pragma once

#include <optional>
#include <string>
#include <vector>

#include "image/resolve.h"

namespace imgslim::image {

/// What is known of one layer before it is judged.
struct StatedLayer {
  Descriptor descriptor;
  Digest diff_id;
  std::string label;                  ///< how messages call it: its digest or path
  std::optional<std::string> member;  ///< where its content is, when it is there
};

struct LayerList {
  std::vector<LayerRef> layers;
  std::vector<Note> notes;
};

/// Judges the layers of the chosen image, base first. Input errors, each naming the layer: encrypted, nydus, EROFS,
/// SIF, a document; content that is not there, unless it is foreign or `missing_blobs` allows it.
Result<LayerList> list_layers(const std::vector<StatedLayer>& stated, MissingBlobs missing_blobs);

/// Error unless there are as many layers as diff_ids; `list` names where the layers stand.
Status check_layer_count(std::size_t layers, std::size_t diff_ids, std::string_view list);

/// Positions in `stated` in the order of `diff_ids`, when the layers are named by the same digests in another order:
/// the digests of uncompressed layers prove where each belongs (Docker 25.0.0 wrote them in random order). Nothing when
/// the order is right or cannot be proven wrong.
[[nodiscard]] std::optional<std::vector<std::size_t>> proven_order(const std::vector<Digest>& stated,
                                                                   const std::vector<Digest>& diff_ids);

}  // namespace imgslim::image
