#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "tree/merged_tree.h"

namespace imgslim::image_rules {

/// Bytes of one entry's content, and of the blob's share that they cost.
struct ClaimedBytes {
  std::uint64_t bytes = 0, compressed_bytes = 0;
};

/// What a change takes out of the image's layers: entries, whole or in part. Claims on the same entry do not add up:
/// the larger one counts, so that a sum over several findings never exceeds what is there.
class Claims {
 public:
  void whole(const tree::MergedTree& tree, tree::EntryId id);
  /// A part of the content; its compressed bytes are taken to be in proportion. `packed_bytes` of it are compressed
  /// data, which costs its size.
  void part(const tree::MergedTree& tree, tree::EntryId id, std::uint64_t bytes, std::uint64_t packed_bytes = 0);
  /// Adds what is not claimed yet and gives it.
  ClaimedBytes add(const Claims& more);
  /// What add() would give.
  [[nodiscard]] ClaimedBytes left_of(const Claims& more) const;

  [[nodiscard]] ClaimedBytes sum() const;
  [[nodiscard]] bool empty() const { return by_entry_.empty(); }
  [[nodiscard]] std::size_t size() const { return by_entry_.size(); }
  [[nodiscard]] bool has(tree::EntryId entry) const { return by_entry_.contains(entry); }

 private:
  void put(tree::EntryId entry, ClaimedBytes claim);

  std::map<tree::EntryId, ClaimedBytes> by_entry_;
};

}  // namespace imgslim::image_rules
