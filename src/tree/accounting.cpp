#include "tree/accounting.h"

#include <algorithm>
#include <map>

#include "tree/visit.h"

namespace imgslim::tree {
namespace {

constexpr std::uint64_t disk_block_bytes = 4096;

void count_entries(const MergedTree& tree, Accounting& sums) {
  for_each_entry(tree, [&](EntryId id, LayerIndex layer, const layer::Entry& entry) {
    const auto& fate = tree.fate(id);
    auto& sum = sums.by_fate[static_cast<std::size_t>(fate.fate)];
    ++sum.entries;
    sum.stored_bytes += entry.stored_bytes();
    sum.payload_bytes += entry.content_bytes;
    sums.payload_bytes += entry.content_bytes;
    if (fate.fate == Fate::visible) {
      sums.layers[layer].visible_bytes += entry.content_bytes;
      sums.visible_compressed_bytes += entry.compressed_bytes;
    } else {
      sums.layers[layer].wasted_bytes += entry.content_bytes;
      sums.layers[fate.cause_layer].caused_waste_bytes += entry.content_bytes;
    }
  });
  sums.entries = tree.entry_count();
}

void count_nodes(const MergedTree& tree, Accounting& sums) {
  sums.directories = 1;
  sums.disk_bytes = disk_block_bytes;
  for_each_visible(tree, [&](NodeId id, bool first_name) {
    if (tree.kind(id) == layer::EntryKind::directory) {
      ++sums.directories;
      sums.disk_bytes += disk_block_bytes;
      return;
    }
    ++sums.files;
    if (!first_name) return;
    const auto bytes = tree.entry(tree.inode_of(tree.node(id).entry)).content_bytes;
    sums.visible_bytes += bytes;
    sums.disk_bytes += (bytes + disk_block_bytes - 1) / disk_block_bytes * disk_block_bytes;
  });
}

}  // namespace

Accounting account(const MergedTree& tree) {
  Accounting sums;
  sums.layers.resize(tree.layer_count());
  count_entries(tree, sums);
  count_nodes(tree, sums);
  return sums;
}

WasteSplit split_waste(const MergedTree& tree, LayerIndex base_layers) {
  WasteSplit split;
  for_each_entry(tree, [&](EntryId id, LayerIndex layer, const layer::Entry& entry) {
    const auto& fate = tree.fate(id);
    if (fate.fate == Fate::visible) return;
    auto& part = layer >= base_layers ? split.mine : fate.cause_layer >= base_layers ? split.hidden_base : split.base;
    part += entry.content_bytes;
  });
  return split;
}

std::vector<DuplicateGroup> find_duplicates(const MergedTree& tree) {
  layer::HashIndex first_of_content;
  std::map<EntryId, DuplicateGroup> groups;
  const auto hash_of = [&](EntryId id) { return tree.entry(id).content.low; };
  for_each_entry(tree, [&](EntryId id, LayerIndex, const layer::Entry& entry) {
    if (entry.content_bytes == 0 || tree.fate(id).fate != Fate::visible) return;
    const auto first = first_of_content.find(entry.content.low, [&](EntryId other) {
      const auto& candidate = tree.entry(other);
      return candidate.content == entry.content && candidate.content_bytes == entry.content_bytes;
    });
    if (first == layer::HashIndex::none) {
      first_of_content.insert(entry.content.low, id, hash_of);
      return;
    }
    auto& group = groups[first];
    if (group.inodes.empty()) group = {entry.content_bytes, {first}};
    group.inodes.push_back(id);
  });
  std::vector<DuplicateGroup> sorted;
  for (auto& [first, group] : groups) sorted.push_back(std::move(group));
  std::stable_sort(sorted.begin(), sorted.end(), [](const DuplicateGroup& a, const DuplicateGroup& b) {
    return a.wasted_bytes() > b.wasted_bytes();
  });
  return sorted;
}

}  // namespace imgslim::tree
