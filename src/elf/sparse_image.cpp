#include "elf/sparse_image.h"

#include <algorithm>

namespace imgslim::elf {

std::optional<ByteView> SparseImage::part(std::uint64_t offset, std::uint64_t length) const {
  if (offset > file_bytes_ || length > file_bytes_ - offset) return std::nullopt;
  const auto found = up_to(offset, length);
  return found.size() == length ? std::optional(found) : std::nullopt;
}

ByteView SparseImage::up_to(std::uint64_t offset, std::uint64_t length) const {
  const auto found = at_hand(offset, length);
  const auto in_file = offset < file_bytes_ ? std::min(length, file_bytes_ - offset) : 0;
  if (found.size() < in_file) lacked_bytes_ = true;
  return found;
}

ByteView SparseImage::at_hand(std::uint64_t offset, std::uint64_t length) const {
  const auto behind = std::upper_bound(pieces_.begin(), pieces_.end(), offset,
                                       [](std::uint64_t value, const Piece& piece) { return value < piece.offset; });
  if (behind == pieces_.begin()) return {};
  const auto& piece = *std::prev(behind);
  const auto rest = piece.bytes.from(offset - piece.offset);
  return rest.part(0, std::min(length, rest.size())).value_or(ByteView());
}

}  // namespace imgslim::elf
