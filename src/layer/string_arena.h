#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace imgslim::layer {

/// Position of a string in a StringArena.
using StringHandle = std::uint32_t;

/// Append-only storage of short byte strings behind 4-byte handles: a two-byte length and no allocation per string.
/// Handle 0 is the empty string. Holds strings below 64 KiB, 4 GiB of them in all; can_hold() says whether one more
/// fits.
class StringArena {
 public:
  StringArena() { add(""); }

  [[nodiscard]] bool can_hold(std::string_view text) const;
  StringHandle add(std::string_view text);
  [[nodiscard]] std::string_view at(StringHandle handle) const;

 private:
  static constexpr std::size_t block_bytes = 256u << 10;

  std::vector<std::unique_ptr<char[]>> blocks_;
  std::size_t used_in_last_ = block_bytes;  // so that the first add opens a block
};

}  // namespace imgslim::layer
