#include "archive/tar_stream.h"

#include <algorithm>

namespace imgslim::archive {
namespace {

// Two of them stay within a core's second-level cache.
constexpr std::size_t block_bytes = 128u << 10;

}  // namespace

TarStream::TarStream(ByteSource& source) : source_(source) {
  for (auto& block : blocks_) block.storage.resize(block_bytes);
}

Result<std::span<const std::byte>> TarStream::next_block() {
  auto& block = blocks_[current_ ^ 1];
  IMGSLIM_TRY(const auto count, read_fully(source_, block.storage));
  if (count == 0) return std::span<const std::byte>();
  block.begin = position_;
  block.size = count;
  current_ ^= 1;
  position_ += count;
  return std::span<const std::byte>(block.storage).first(count);
}

std::uint64_t TarStream::skip(std::uint64_t count) {
  const auto skipped = source_.skip(count);
  position_ += skipped;
  return skipped;
}

std::optional<std::vector<std::byte>> TarStream::kept(std::uint64_t begin, std::uint64_t end) const {
  std::vector<std::byte> bytes;
  auto wanted = begin;
  for (const auto* block : {&blocks_[current_ ^ 1], &blocks_[current_]}) {
    if (wanted >= end || wanted < block->begin || wanted >= block->begin + block->size) continue;
    const auto from = static_cast<std::size_t>(wanted - block->begin);
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(end - wanted, block->size - from));
    const auto first = block->storage.begin() + static_cast<std::ptrdiff_t>(from);
    bytes.insert(bytes.end(), first, first + static_cast<std::ptrdiff_t>(count));
    wanted += count;
  }
  if (wanted < end) return std::nullopt;
  return bytes;
}

}  // namespace imgslim::archive
