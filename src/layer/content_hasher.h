#pragma once

#define XXH_STATIC_LINKING_ONLY  // for a hash state without an allocation of its own
#include <xxhash.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "layer/layer.h"

namespace imgslim::layer {

/// XXH3-128 over the content of one file. The same on every processor, and however the content is cut into blocks.
class ContentHasher {
 public:
  /// `logical_bytes` is what the file's header states: a file that comes in one piece is hashed at once.
  explicit ContentHasher(std::uint64_t logical_bytes) : logical_bytes_(logical_bytes) {}

  /// Content in ascending order; the offset of what follows a hole is hashed as well.
  void feed(std::uint64_t offset, std::span<const std::byte> bytes);
  [[nodiscard]] ContentHash finish() const;

 private:
  std::uint64_t logical_bytes_;
  std::uint64_t next_offset_ = 0;     // where contiguous content goes on
  std::optional<ContentHash> whole_;  // of a file that came in one piece
  XXH3_state_t state_;                // valid once next_offset_ is not 0
};

}  // namespace imgslim::layer
