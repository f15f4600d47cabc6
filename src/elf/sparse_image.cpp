#include "elf/sparse_image.h"

#include <algorithm>

namespace imgslim::elf {

std::optional<ByteView> SparseImage::part(std::uint64_t offset, std::uint64_t length) const {
  if (offset > file_bytes_ || length > file_bytes_ - offset) return std::nullopt;
  const auto found = up_to(offset, length);
  return found.size() == length ? std::optional(found) : std::nullopt;
}

ByteView SparseImage::up_to(std::uint64_t offset, std::uint64_t length) const {
  if (offset >= file_bytes_) return {};
  const auto wanted = std::min(length, file_bytes_ - offset);
  ByteView found;
  const auto behind = std::upper_bound(pieces_.begin(), pieces_.end(), offset,
                                       [](std::uint64_t value, const Piece& piece) { return value < piece.offset; });
  if (behind != pieces_.begin()) {
    const auto& piece = *std::prev(behind);
    const auto rest = piece.bytes.from(offset - piece.offset);
    found = rest.part(0, std::min(wanted, rest.size())).value_or(ByteView());
  }
  if (found.size() < wanted) lacked_bytes_ = true;
  return found;
}

}  // namespace imgslim::elf
