#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "tree/merged_tree.h"

namespace imgslim::tree {

/// Bytes of one fate: what its entries store with headers, and the file contents among them.
struct FateSum {
  std::uint64_t entries = 0, stored_bytes = 0, payload_bytes = 0;
};

/// How much of one layer is seen, and how much waste it stores and causes. Payload bytes.
struct LayerSum {
  std::uint64_t visible_bytes = 0;
  std::uint64_t wasted_bytes = 0;        ///< dead payload that the layer stores
  std::uint64_t caused_waste_bytes = 0;  ///< dead payload, of any layer, whose end this layer brought
};

/// The image's sums. payload = visible + wasted always (W = S − F); the merged tree is counted apart from the fates, so
/// that the identity is a check and no definition.
struct Accounting {
  std::uint64_t entries = 0;
  std::uint64_t payload_bytes = 0;             ///< S
  std::uint64_t visible_bytes = 0;             ///< F, from the merged tree: each inode once
  std::uint64_t visible_compressed_bytes = 0;  ///< compressed bytes of all visible entries
  std::uint64_t disk_bytes = 0;                ///< visible inodes in blocks of 4 KiB, a block for a directory
  std::uint64_t files = 0, directories = 0;    ///< visible names
  std::array<FateSum, fate_count> by_fate{};
  std::vector<LayerSum> layers;

  [[nodiscard]] std::uint64_t wasted_bytes() const { return payload_bytes - visible_bytes; }
};

[[nodiscard]] Accounting account(const MergedTree& tree);

/// Dead payload by who can reclaim it, given that the lowest `base_layers` layers are the base image.
struct WasteSplit {
  std::uint64_t mine = 0;         ///< stored above the base: the Dockerfile's author
  std::uint64_t hidden_base = 0;  ///< stored in the base, killed above it: another base or a flatten
  std::uint64_t base = 0;         ///< the base's own
};
[[nodiscard]] WasteSplit split_waste(const MergedTree& tree, LayerIndex base_layers);

/// Visible inodes with equal content, by waste descending, then in the order of the layers.
struct DuplicateGroup {
  std::uint64_t bytes_each = 0;
  std::vector<EntryId> inodes;  ///< at least two, ascending
  [[nodiscard]] std::uint64_t wasted_bytes() const { return bytes_each * (inodes.size() - 1); }
};
[[nodiscard]] std::vector<DuplicateGroup> find_duplicates(const MergedTree& tree);

}  // namespace imgslim::tree
