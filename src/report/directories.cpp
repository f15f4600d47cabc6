#include "report/directories.h"

#include <algorithm>

#include "core/path.h"
#include "imgslim/tree_view.h"

namespace imgslim::report {
namespace {

constexpr std::uint64_t split_from_parts = 5;  ///< a directory of 1/5 of the image or more is split

/// The rows as a tree: each row's nearest ancestor that has a row too.
struct PathTree {
  std::vector<const ReportPath*> rows;
  std::vector<std::vector<std::size_t>> children;
};

PathTree build_tree(const Report& report) {
  PathTree tree;
  for (const auto& path : report.paths) tree.rows.push_back(&path);
  std::sort(tree.rows.begin(), tree.rows.end(),
            [](const auto* a, const auto* b) { return path_precedes(a->path, b->path); });
  tree.children.resize(tree.rows.size());
  std::vector<std::size_t> open;
  for (std::size_t row = 0; row < tree.rows.size(); ++row) {
    while (!open.empty() && !is_within(tree.rows[row]->path, tree.rows[open.back()]->path)) open.pop_back();
    if (!open.empty()) tree.children[open.back()].push_back(row);
    open.push_back(row);
  }
  return tree;
}

}  // namespace

std::vector<DirectoryShare> directory_shares(const Report& report) {
  const auto tree = build_tree(report);
  std::vector<DirectoryShare> shares;
  if (tree.rows.empty() || !tree.rows[0]->path.empty()) return shares;
  const auto split_from = tree.rows[0]->visible_bytes / split_from_parts;
  std::vector<std::size_t> pending{0};
  while (!pending.empty()) {
    const auto row = pending.back();
    pending.pop_back();
    const auto& path = *tree.rows[row];
    const auto& children = tree.children[row];
    const bool split = !children.empty() && (row == 0 || path.visible_bytes >= split_from);
    if (split) {
      pending.insert(pending.end(), children.begin(), children.end());
      shares.push_back({path.path, true, path.own_visible_bytes, path.own_compressed_bytes});
    } else {
      shares.push_back({path.path, false, path.visible_bytes, path.compressed_bytes});
    }
  }
  std::erase_if(shares, [](const auto& share) { return share.visible_bytes == 0; });
  std::sort(shares.begin(), shares.end(), [](const auto& a, const auto& b) {
    return a.visible_bytes != b.visible_bytes ? a.visible_bytes > b.visible_bytes : a.path < b.path;
  });
  return shares;
}

}  // namespace imgslim::report
