#include "image/layer_list.h"

#include <algorithm>

#include "image/media_type.h"

namespace imgslim::image {
namespace {

/// nydus marks its layers, whose media types are those of ordinary layers, by annotations.
bool is_nydus(const Descriptor& descriptor) {
  return std::any_of(descriptor.annotations.begin(), descriptor.annotations.end(),
                     [](const auto& entry) { return entry.first.starts_with("containerd.io/snapshot/nydus-"); });
}

std::string refuse(const Descriptor& descriptor) {
  if (is_nydus(descriptor)) return refuse_layer_type("annotated as nydus");
  return refuse_layer_type(descriptor.media_type);
}

Result<std::string> reason_for_absence(const Descriptor& descriptor, MissingBlobs missing_blobs) {
  if (is_foreign_layer_type(descriptor.media_type)) return std::string("foreign layer");
  if (missing_blobs == MissingBlobs::allow) return std::string("blob not in the archive");
  return input_error(
      "its blob is not in the archive (docker save with the containerd image store leaves out shared layers); pull the "
      "image again "
      "and save it, or take a partial report with --allow-missing");
}

}  // namespace

Result<LayerList> list_layers(const std::vector<StatedLayer>& stated, MissingBlobs missing_blobs) {
  LayerList list;
  for (const auto& layer : stated) {
    const auto where = "layer " + std::to_string(list.layers.size() + 1) + " (" + layer.label + ")";
    if (const auto refusal = refuse(layer.descriptor); !refusal.empty()) return input_error(refusal).within(where);
    if (!is_tar_layer_type(layer.descriptor.media_type))
      list.notes.push_back({"unknown-layer-type", where,
                            "unknown media type " + layer.descriptor.media_type + "; its bytes decide how it is read"});
    LayerRef ref{
        .descriptor = layer.descriptor, .diff_id = layer.diff_id, .member = layer.member.value_or(""), .missing = ""};
    if (!layer.member) {
      auto reason = reason_for_absence(layer.descriptor, missing_blobs);
      if (!reason) return std::move(reason).error().within(where);
      ref.missing = std::move(reason).value();
    }
    list.layers.push_back(std::move(ref));
  }
  return list;
}

Status check_layer_count(std::size_t layers, std::size_t diff_ids, std::string_view list) {
  if (layers == diff_ids) return Done{};
  return input_error(std::string(list) + " lists " + std::to_string(layers) + " layers, the config's rootfs has " +
                     std::to_string(diff_ids) + " diff_ids: the image is inconsistent; build or save it again");
}

std::optional<std::vector<std::size_t>> proven_order(const std::vector<Digest>& stated,
                                                     const std::vector<Digest>& diff_ids) {
  if (stated == diff_ids || !std::is_permutation(stated.begin(), stated.end(), diff_ids.begin(), diff_ids.end()))
    return std::nullopt;
  std::vector<bool> used(stated.size());
  std::vector<std::size_t> order;
  for (const auto& diff_id : diff_ids) {
    std::size_t position = 0;
    while (used[position] || stated[position] != diff_id) ++position;
    used[position] = true;
    order.push_back(position);
  }
  return order;
}

}  // namespace imgslim::image
