#include "archive/input_blocks.h"

#include "core/check.h"

namespace imgslim::archive {
namespace {

constexpr std::size_t block_bytes = 128u << 10;
// ISA-L reads words at a time near the end of its input.
constexpr std::size_t padding_bytes = 64;

}  // namespace

InputBlocks::InputBlocks(ByteSource& upstream) : upstream_(upstream), block_(block_bytes + padding_bytes) {}

Result<std::span<const std::byte>> InputBlocks::available() {
  if (left_.empty()) {
    const auto room = std::span(block_).first(block_bytes);
    IMGSLIM_TRY(const auto count, read_fully(upstream_, room));
    left_ = room.first(count);
  }
  return left_;
}

void InputBlocks::consume(std::size_t count) {
  IMGSLIM_CHECK(count <= left_.size());
  left_ = left_.subspan(count);
  position_ += count;
}

Result<int> InputBlocks::take_byte() {
  IMGSLIM_TRY(const auto bytes, available());
  if (bytes.empty()) return -1;
  const auto byte = std::to_integer<int>(bytes.front());
  consume(1);
  return byte;
}

}  // namespace imgslim::archive
