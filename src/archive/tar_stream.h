#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "archive/byte_source.h"

namespace imgslim::archive {

/// Hands a source to libarchive in large blocks and keeps the last two of them, so that headers and what stands behind
/// the end of the archive can be looked at in their raw form.
class TarStream {
 public:
  explicit TarStream(ByteSource& source);

  /// The next block; empty at the end. It stays valid until the call after the next one.
  Result<std::span<const std::byte>> next_block();
  /// ByteSource::skip, counted.
  std::uint64_t skip(std::uint64_t count);
  /// Stream offset behind the last block.
  [[nodiscard]] std::uint64_t position() const { return position_; }

  /// The kept bytes of [begin, end), or nothing when some of them are gone already.
  [[nodiscard]] std::optional<std::vector<std::byte>> kept(std::uint64_t begin, std::uint64_t end) const;

 private:
  struct Block {
    std::vector<std::byte> storage;
    std::uint64_t begin = 0;
    std::size_t size = 0;
  };
  ByteSource& source_;
  std::array<Block, 2> blocks_;
  std::size_t current_ = 0;
  std::uint64_t position_ = 0;
};

}  // namespace imgslim::archive
