#pragma once

#include <vector>

#include "image_rules/image_check.h"

namespace imgslim::image_rules {

/// A finding that takes entries of a layer out whole: claims, the largest of them as evidence, and the path when there
/// is but one. Entries are one of each inode; their order counts only among equally large ones.
ImageFinding entry_finding(const ImageFacts& image, tree::LayerIndex layer, std::vector<tree::EntryId> entries);

/// Puts the most bytes first; equal ones keep their order.
void rank_evidence(std::vector<FindingEvidence>& evidence);

/// Whether the finding takes out at least the rule's "min_bytes", `otherwise` when the rule does not say.
bool is_large_enough(const CheckContext& context, const ImageFinding& finding, std::uint64_t otherwise = 1);

}  // namespace imgslim::image_rules
