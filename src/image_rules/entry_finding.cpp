#include "image_rules/entry_finding.h"

#include <algorithm>

namespace imgslim::image_rules {

using tree::EntryId;

ImageFinding entry_finding(const ImageFacts& image, tree::LayerIndex layer, std::vector<EntryId> entries) {
  const auto& tree = image.tree();
  std::stable_sort(entries.begin(), entries.end(),
                   [&](EntryId a, EntryId b) { return tree.entry(a).content_bytes > tree.entry(b).content_bytes; });
  ImageFinding finding;
  finding.layer = layer;
  for (const auto entry : entries) {
    finding.claims.whole(tree, entry);
    if (finding.evidence.size() < most_evidence_files)
      finding.evidence.push_back({tree.entry_path(entry), tree.entry(entry).content_bytes});
  }
  if (entries.size() == 1) finding.path = finding.evidence.front().path;
  return finding;
}

void rank_evidence(std::vector<FindingEvidence>& evidence) {
  std::stable_sort(evidence.begin(), evidence.end(),
                   [](const FindingEvidence& a, const FindingEvidence& b) { return a.bytes > b.bytes; });
}

bool is_large_enough(const CheckContext& context, const ImageFinding& finding, std::uint64_t otherwise) {
  return finding.claims.sum().bytes >= context.bytes("min_bytes", otherwise);
}

}  // namespace imgslim::image_rules
