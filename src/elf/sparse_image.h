#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/byte_view.h"

namespace imgslim::elf {

/// A range of file offsets.
struct FileRange {
  std::uint64_t offset = 0, size_bytes = 0;
  friend bool operator==(const FileRange&, const FileRange&) = default;
};

/// A file of which some pieces are at hand. The bytes belong to the caller.
class SparseImage {
 public:
  struct Piece {
    std::uint64_t offset = 0;
    ByteView bytes;
  };

  explicit SparseImage(ByteView whole) : SparseImage(whole.size(), {{0, whole}}) {}
  /// Pieces ascend and do not overlap.
  SparseImage(std::uint64_t file_bytes, std::vector<Piece> pieces)
      : file_bytes_(file_bytes), pieces_(std::move(pieces)) {}

  [[nodiscard]] std::uint64_t file_bytes() const { return file_bytes_; }
  /// The `length` bytes at `offset`; nothing when the file does not hold them or they are not at hand in one piece.
  [[nodiscard]] std::optional<ByteView> part(std::uint64_t offset, std::uint64_t length) const;
  /// What is at hand from `offset` on, at most `length` bytes.
  [[nodiscard]] ByteView up_to(std::uint64_t offset, std::uint64_t length) const;
  /// As up_to(), for those who can do without: lacked_bytes() stays as it is.
  [[nodiscard]] ByteView at_hand(std::uint64_t offset, std::uint64_t length) const;
  /// True once part() or up_to() was asked for bytes that the file holds but that are not at hand.
  [[nodiscard]] bool lacked_bytes() const { return lacked_bytes_; }

 private:
  std::uint64_t file_bytes_;
  std::vector<Piece> pieces_;
  mutable bool lacked_bytes_ = false;
};

}  // namespace imgslim::elf
