#pragma once

#include <unordered_set>
#include <vector>

#include "tree/merged_tree.h"

namespace imgslim::tree {

/// Calls visit(EntryId, LayerIndex, const layer::Entry&) for every entry in order.
template <typename Visit>
void for_each_entry(const MergedTree& tree, Visit visit) {
  EntryId id = 0;
  for (LayerIndex layer = 0; layer < tree.layer_count(); ++layer) {
    const auto& entries = tree.layer(layer).entries;
    for (std::size_t i = 0; i < entries.size(); ++i) visit(id++, layer, entries[i]);
  }
}

/// Calls visit(NodeId, bool first_name) for every visible node but the root, parents before children, in an order that
/// depends on the layers alone. first_name is true at exactly one name of each inode.
template <typename Visit>
void for_each_visible(const MergedTree& tree, Visit visit) {
  std::unordered_set<EntryId> counted;  // inodes with several names only
  std::vector<NodeId> open{MergedTree::root};
  while (!open.empty()) {
    const auto directory = open.back();
    open.pop_back();
    for (auto id = tree.node(directory).first_child; id != Node::none; id = tree.node(id).next_sibling) {
      if (!tree.is_visible(id)) continue;
      const auto entry = tree.node(id).entry;
      bool first = true;
      if (entry != Node::implied) {
        const auto inode = tree.inode_of(entry);
        if (tree.visible_names(inode) > 1) first = counted.insert(inode).second;
      }
      visit(id, first);
      if (tree.node(id).first_child != Node::none) open.push_back(id);
    }
  }
}

}  // namespace imgslim::tree
