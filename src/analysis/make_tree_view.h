#pragma once

#include "analysis/analysis.h"
#include "imgslim/tree_view.h"

namespace imgslim::analysis {

/// Every visible name but the root. Package indices are into Report::packages of make_report().
[[nodiscard]] TreeView make_tree_view(const Analysis& analysis);

/// What a visible node is.
[[nodiscard]] FileKind file_kind(const tree::MergedTree& tree, tree::NodeId node);

}  // namespace imgslim::analysis
