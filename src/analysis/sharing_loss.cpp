#include "analysis/sharing_loss.h"

#include <algorithm>
#include <map>
#include <set>

#include "core/byte_format.h"
#include "tree/visit.h"

namespace imgslim::analysis {
namespace {

using tree::Fate;
using tree::LayerIndex;

/// A layer that stores the content of entries below it again.
struct CopyingLayer {
  std::set<std::string> paths;  ///< of the entries below
  std::uint64_t copied_bytes = 0;
};

std::map<LayerIndex, CopyingLayer> copying_layers(const tree::MergedTree& tree) {
  std::map<LayerIndex, CopyingLayer> layers;
  tree::for_each_entry(tree, [&](tree::EntryId id, LayerIndex, const layer::Entry& entry) {
    const auto& fate = tree.fate(id);
    if ((fate.fate != Fate::metadata_only && fate.fate != Fate::identical) || entry.content_bytes == 0) return;
    auto& layer = layers[fate.cause_layer];
    layer.paths.insert(tree.entry_path(id));
    layer.copied_bytes += entry.content_bytes;
  });
  return layers;
}

std::uint64_t shareable_bytes(const memory::ObjectMemory& object) {
  std::uint64_t bytes = 0;
  for (const auto& part : object.parts) bytes += part.resident_bytes - part.private_bytes;
  return bytes;
}

}  // namespace

MemorySharing sharing_loss(const Analysis& analysis) {
  MemorySharing sharing;
  for (const auto& [layer, copying] : copying_layers(analysis.tree)) {
    SharingLoss loss;
    loss.layer = layer;
    loss.copied_bytes = copying.copied_bytes;
    for (const auto& object : analysis.startup->objects) {
      const auto& file = analysis.closure.files[object.use];
      if (analysis.tree.layer_of(file.file) != layer || !copying.paths.contains(file.path.substr(1))) continue;
      ++loss.files;
      loss.lost_bytes += shareable_bytes(object);
    }
    if (loss.files == 0) continue;
    loss.instruction = analysis.instructions.steps[analysis.instructions.step_of_layer[layer]].text;
    sharing.lost_bytes += loss.lost_bytes;
    sharing.layers.push_back(std::move(loss));
  }
  std::stable_sort(sharing.layers.begin(), sharing.layers.end(),
                   [](const SharingLoss& a, const SharingLoss& b) { return a.lost_bytes > b.lost_bytes; });
  return sharing;
}

std::vector<runtime::Finding> sharing_findings(const MemorySharing& sharing) {
  constexpr std::uint64_t worth_saying_bytes = 256u << 10;
  std::vector<runtime::Finding> findings;
  for (const auto& loss : sharing.layers) {
    if (loss.lost_bytes < worth_saying_bytes) continue;
    runtime::Finding finding;
    finding.rule = "SL6007";
    finding.severity = runtime::Severity::warning;
    finding.message =
        "layer " + std::to_string(std::uint64_t{loss.layer} + 1) + " stores " + std::to_string(loss.files) +
        " mapped files again that it does not change: " + format_bytes(loss.lost_bytes, Units::iec) +
        " of page cache are not shared with containers of the layers below; set owners and modes where the "
        "files are made (" +
        loss.instruction + ")";
    finding.layer = loss.layer;
    findings.push_back(std::move(finding));
  }
  return findings;
}

}  // namespace imgslim::analysis
