#include "attribution/directory_rows.h"

#include <algorithm>
#include <unordered_map>

#include "core/path.h"
#include "tree/visit.h"

namespace imgslim::attribution {
namespace {

using tree::MergedTree;
using tree::NodeId;

/// Sums of every visible directory, everything below included.
std::unordered_map<NodeId, RowSum> directory_sums(const MergedTree& tree) {
  std::unordered_map<NodeId, RowSum> sums;
  std::vector<NodeId> directories{MergedTree::root};
  sums[MergedTree::root] = node_sum(tree, MergedTree::root, true);
  tree::for_each_visible(tree, [&](NodeId id, bool first_name) {
    const auto sum = node_sum(tree, id, first_name);
    const bool is_directory = tree.kind(id) == layer::EntryKind::directory;
    sums[is_directory ? id : tree.node(id).parent] += sum;
    if (is_directory) directories.push_back(id);
  });
  // Parents were visited before children: from the back, each directory is complete before it is added to its parent.
  for (auto id = directories.rbegin(); id != directories.rend(); ++id)
    if (*id != MergedTree::root) sums[tree.node(*id).parent] += sums[*id];
  return sums;
}

}  // namespace

RowSum node_sum(const MergedTree& tree, NodeId node, bool first_name) {
  RowSum sum;
  const auto entry_id = tree.node(node).entry;
  if (entry_id == tree::Node::implied || entry_id == tree::Node::dead) return sum;
  const auto& entry = tree.entry(entry_id);
  sum.files = tree.kind(node) == layer::EntryKind::directory ? 0 : 1;
  const auto inode = tree.inode_of(entry_id);
  if (inode != entry_id) {
    sum.compressed_bytes += entry.compressed_bytes;
    sum.stored_bytes += entry.stored_bytes();
  }
  if (first_name) {
    const auto& content = tree.entry(inode);
    sum.visible_bytes += content.content_bytes;
    sum.compressed_bytes += content.compressed_bytes;
    sum.stored_bytes += content.stored_bytes();
  }
  return sum;
}

std::vector<DirectoryRow> directory_rows(const MergedTree& tree) {
  const auto sums = directory_sums(tree);
  const auto threshold = std::max<std::uint64_t>(sums.at(MergedTree::root).visible_bytes / 1000, 1);
  std::vector<std::pair<std::string, NodeId>> shown;
  std::unordered_map<NodeId, DirectoryRow> rows;
  for (const auto& [id, sum] : sums) {
    if (id != MergedTree::root && sum.visible_bytes < threshold) continue;
    rows[id] = {tree.path(id), sum, sum.visible_bytes, sum.compressed_bytes};
    shown.emplace_back(rows[id].path, id);
  }
  // A shown directory's parent holds at least as much, so it is shown too.
  for (const auto& [path, id] : shown) {
    if (id == MergedTree::root) continue;
    auto& parent = rows.at(tree.node(id).parent);
    parent.own_visible_bytes -= rows[id].total.visible_bytes;
    parent.own_compressed_bytes -= rows[id].total.compressed_bytes;
  }
  std::sort(shown.begin(), shown.end());
  std::vector<DirectoryRow> sorted;
  for (const auto& [path, id] : shown) sorted.push_back(std::move(rows[id]));
  return sorted;
}

}  // namespace imgslim::attribution
