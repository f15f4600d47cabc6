#pragma once

#include <vector>

#include "imgslim/report.h"
#include "tree/merged_tree.h"

namespace imgslim::analysis {

/// Bytes by content class: visible and wasted payload each partition, by size, then name. Debug sections and symbol
/// tables of visible ELF files are classes of their own and count no files.
[[nodiscard]] std::vector<ReportClass> class_rows(const tree::MergedTree& tree);

/// The class of a visible node that is no directory.
[[nodiscard]] std::string_view class_of(const tree::MergedTree& tree, tree::NodeId node);

}  // namespace imgslim::analysis
