#include "image_rules/claims.h"

#include <algorithm>

namespace imgslim::image_rules {
namespace {

std::uint64_t less(std::uint64_t from, std::uint64_t what) { return from > what ? from - what : 0; }

}  // namespace

void Claims::put(tree::EntryId entry, ClaimedBytes claim) {
  auto& own = by_entry_[entry];
  own = {std::max(own.bytes, claim.bytes), std::max(own.compressed_bytes, claim.compressed_bytes)};
}

void Claims::whole(const tree::MergedTree& tree, tree::EntryId id) {
  const auto& entry = tree.entry(id);
  put(id, {entry.content_bytes, entry.compressed_bytes});
}

void Claims::part(const tree::MergedTree& tree, tree::EntryId id, std::uint64_t bytes, std::uint64_t packed_bytes) {
  const auto& entry = tree.entry(id);
  bytes = std::min(bytes, entry.content_bytes);
  if (entry.content_bytes == 0) return;
  const auto packed = std::min({packed_bytes, bytes, entry.compressed_bytes});
  const auto content = static_cast<double>(std::max<std::uint64_t>(entry.content_bytes - packed, 1));
  const double share = static_cast<double>(bytes - packed) / content;
  put(id, {bytes, packed + static_cast<std::uint64_t>(share * static_cast<double>(entry.compressed_bytes - packed))});
}

ClaimedBytes Claims::left_of(const Claims& more) const {
  ClaimedBytes left;
  for (const auto& [entry, claim] : more.by_entry_) {
    const auto found = by_entry_.find(entry);
    const auto taken = found == by_entry_.end() ? ClaimedBytes{} : found->second;
    left.bytes += less(claim.bytes, taken.bytes);
    left.compressed_bytes += less(claim.compressed_bytes, taken.compressed_bytes);
  }
  return left;
}

ClaimedBytes Claims::add(const Claims& more) {
  const auto left = left_of(more);
  for (const auto& [entry, claim] : more.by_entry_) put(entry, claim);
  return left;
}

ClaimedBytes Claims::sum() const { return Claims().left_of(*this); }

}  // namespace imgslim::image_rules
