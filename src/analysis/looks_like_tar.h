#pragma once

#include <algorithm>
#include <span>

#include "archive/tar_guard.h"

namespace imgslim::analysis {

/// True for the head of a tar, an empty one (zero blocks) included.
[[nodiscard]] inline bool looks_like_tar(std::span<const std::byte> head) {
  constexpr std::size_t block_bytes = 512;
  if (head.size() < block_bytes) return false;
  const auto block = head.first(block_bytes);
  return archive::is_tar_header(block) ||
         std::all_of(block.begin(), block.end(), [](std::byte b) { return b == std::byte{0}; });
}

}  // namespace imgslim::analysis
