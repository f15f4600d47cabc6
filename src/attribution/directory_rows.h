#pragma once

#include <string>
#include <vector>

#include "attribution/package_owners.h"
#include "tree/merged_tree.h"

namespace imgslim::attribution {

/// A directory with all that is below it, and the part that no row below it counts.
struct DirectoryRow {
  std::string path;
  RowSum total;
  std::uint64_t own_visible_bytes = 0, own_compressed_bytes = 0;
};

/// The root and every directory that holds at least a thousandth of the visible bytes, sorted by path bytes. Own bytes
/// of all rows sum to the image's visible and visible compressed bytes.
[[nodiscard]] std::vector<DirectoryRow> directory_rows(const tree::MergedTree& tree);

/// Bytes of one visible node alone: its inode where this is the inode's first name, its own header anyway.
[[nodiscard]] RowSum node_sum(const tree::MergedTree& tree, tree::NodeId node, bool first_name);

}  // namespace imgslim::attribution
