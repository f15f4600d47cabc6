#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "archive/byte_source.h"

namespace imgslim::archive {

/// Cuts a stream into blocks of one fixed size however the upstream splits its reads: a decoder fed with them takes
/// the same steps, and gives the same CompressionMap, on every run.
class InputBlocks {
 public:
  explicit InputBlocks(ByteSource& upstream);

  /// What is left of the current block, or the next block; empty only at the end. Valid until the next call.
  Result<std::span<const std::byte>> available();
  /// Marks the first `count` available bytes as used.
  void consume(std::size_t count);
  /// The first byte not consumed, counted from the start of the stream.
  [[nodiscard]] std::uint64_t position() const { return position_; }
  /// Consumes one byte, or returns -1 at the end.
  Result<int> take_byte();

 private:
  ByteSource& upstream_;
  std::vector<std::byte> block_;
  std::span<const std::byte> left_;
  std::uint64_t position_ = 0;
};

}  // namespace imgslim::archive
