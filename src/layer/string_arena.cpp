#include "layer/string_arena.h"

#include <cstring>

#include "core/check.h"

namespace imgslim::layer {
namespace {

using Length = std::uint16_t;
constexpr std::size_t max_blocks = (std::uint64_t{1} << 32) / (256u << 10);

}  // namespace

bool StringArena::can_hold(std::string_view text) const {
  return text.size() <= UINT16_MAX &&
         (blocks_.size() < max_blocks || used_in_last_ + sizeof(Length) + text.size() <= block_bytes);
}

StringHandle StringArena::add(std::string_view text) {
  IMGSLIM_CHECK(can_hold(text));
  const auto needed = sizeof(Length) + text.size();
  if (used_in_last_ + needed > block_bytes) {
    blocks_.push_back(std::make_unique_for_overwrite<char[]>(block_bytes));
    used_in_last_ = 0;
  }
  char* const out = blocks_.back().get() + used_in_last_;
  const auto length = static_cast<Length>(text.size());
  std::memcpy(out, &length, sizeof length);
  text.copy(out + sizeof length, text.size());  // memcpy would not take the null of an empty view
  const auto handle = (blocks_.size() - 1) * block_bytes + used_in_last_;
  used_in_last_ += needed;
  return static_cast<StringHandle>(handle);
}

std::string_view StringArena::at(StringHandle handle) const {
  const char* const in = blocks_[handle / block_bytes].get() + handle % block_bytes;
  Length length = 0;
  std::memcpy(&length, in, sizeof length);
  return {in + sizeof length, length};
}

}  // namespace imgslim::layer
