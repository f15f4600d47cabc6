#include "analysis/make_tree_view.h"

#include <unordered_set>

#include "analysis/make_report.h"

namespace imgslim::analysis {
namespace {

using layer::EntryKind;
using tree::MergedTree;
using tree::NodeId;

class TreeWriter {
 public:
  explicit TreeWriter(const Analysis& analysis)
      : tree_(analysis.tree),
        owners_(analysis.owners.by_node),
        row_of_package_(package_rows(analysis).row_of_package) {}

  TreeView run() && {
    // Children in order below each directory, directories from a stack: the order of path_precedes, without recursion.
    std::vector<NodeId> open = reversed_children(MergedTree::root);
    while (!open.empty()) {
      const auto node = open.back();
      open.pop_back();
      add(node);
      const auto children = reversed_children(node);
      open.insert(open.end(), children.begin(), children.end());
    }
    return std::move(view_);
  }

 private:
  std::vector<NodeId> reversed_children(NodeId node) const {
    auto children = tree_.sorted_children(node);
    return {children.rbegin(), children.rend()};
  }

  void add(NodeId node) {
    FileRow row;
    row.path = tree_.path(node);
    row.kind = file_kind(tree_, node);
    const auto entry = tree_.node(node).entry;
    row.inode = entry == tree::Node::implied ? tree_.entry_count() + node : tree_.inode_of(entry);
    if (entry != tree::Node::implied) describe(tree_.inode_of(entry), row);
    if (owners_[node] != attribution::no_package) row.package = row_of_package_[owners_[node]];
    view_.rows.push_back(std::move(row));
  }

  void describe(tree::EntryId inode, FileRow& row) {
    const auto& entry = tree_.entry(inode);
    const auto& layer = tree_.home(inode);
    const auto& owner = layer.owners[entry.owner];
    row.visible_bytes = entry.content_bytes;
    row.compressed_bytes = entry.compressed_bytes;
    row.layer = tree_.layer_of(inode);
    row.mode = owner.mode;
    row.uid = owner.uid;
    row.gid = owner.gid;
    row.links = tree_.visible_names(inode);
    if (row.links > 1) row.repeats_inode = !seen_.insert(inode).second;
    if (entry.kind == EntryKind::symlink) row.link_target = layer.strings.at(entry.link);
  }

  const MergedTree& tree_;
  const std::vector<attribution::PackageIndex>& owners_;
  std::vector<std::optional<std::uint32_t>> row_of_package_;
  std::unordered_set<tree::EntryId> seen_;
  TreeView view_;
};

}  // namespace

FileKind file_kind(const MergedTree& tree, NodeId node) {
  switch (tree.kind(node)) {
    case EntryKind::directory:
      return FileKind::directory;
    case EntryKind::symlink:
      return FileKind::symlink;
    case EntryKind::character_device:
      return FileKind::character_device;
    case EntryKind::block_device:
      return FileKind::block_device;
    case EntryKind::fifo:
      return FileKind::fifo;
    case EntryKind::socket:
      return FileKind::socket;
    case EntryKind::regular:
    case EntryKind::hardlink:
      break;
  }
  return FileKind::file;
}

TreeView make_tree_view(const Analysis& analysis) { return TreeWriter(analysis).run(); }

}  // namespace imgslim::analysis
