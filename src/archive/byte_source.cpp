#include "archive/byte_source.h"

#include <algorithm>
#include <cstring>

namespace imgslim::archive {
namespace {

constexpr std::size_t drain_buffer_bytes = 128u << 10;

}  // namespace

Result<std::size_t> read_fully(ByteSource& source, std::span<std::byte> buffer) {
  std::size_t filled = 0;
  while (filled < buffer.size()) {
    IMGSLIM_TRY(const auto count, source.read(buffer.subspan(filled)));
    if (count == 0) break;
    filled += count;
  }
  return filled;
}

Result<std::uint64_t> drain(ByteSource& source) {
  std::vector<std::byte> buffer(drain_buffer_bytes);
  std::uint64_t total = 0;
  while (true) {
    IMGSLIM_TRY(const auto count, source.read(buffer));
    if (count == 0) return total;
    total += count;
  }
}

Result<std::size_t> MemorySource::read(std::span<std::byte> buffer) {
  const auto count = std::min(buffer.size(), bytes_.size());
  if (count > 0) std::memcpy(buffer.data(), bytes_.data(), count);
  bytes_ = bytes_.subspan(count);
  return count;
}

Result<std::size_t> HashingSource::read(std::span<std::byte> buffer) {
  IMGSLIM_TRY(const auto count, upstream_.read(buffer));
  if (count > 0) hash_.update(buffer.first(count));
  bytes_ += count;
  return count;
}

Result<std::span<const std::byte>> PeekSource::peek(std::size_t count) {
  held_.erase(held_.begin(), held_.begin() + static_cast<std::ptrdiff_t>(consumed_));
  consumed_ = 0;
  const auto have = held_.size();
  if (have < count) {
    held_.resize(count);
    auto got = read_fully(upstream_, std::span(held_).subspan(have));
    held_.resize(have + (got ? *got : 0));
    if (!got) return std::move(got).error();
  }
  return std::span<const std::byte>(held_).first(std::min(count, held_.size()));
}

Result<std::size_t> PeekSource::read(std::span<std::byte> buffer) {
  const auto left = held_.size() - consumed_;
  if (left == 0) return upstream_.read(buffer);
  const auto count = std::min(buffer.size(), left);
  std::memcpy(buffer.data(), held_.data() + consumed_, count);
  consumed_ += count;
  return count;
}

}  // namespace imgslim::archive
