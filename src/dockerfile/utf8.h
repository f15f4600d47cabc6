#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace imgslim::dockerfile {

/// What stands for text that is none.
inline constexpr std::uint32_t replacement_character = 0xFFFD;

void append_utf8(std::string& out, std::uint32_t code);

/// The character at `at`, which is moved behind it; the replacement character, and one byte, for invalid UTF-8.
[[nodiscard]] std::uint32_t take_utf8(std::string_view text, std::size_t& at);

}  // namespace imgslim::dockerfile
