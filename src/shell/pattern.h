#pragma once

#include <bitset>
#include <string>
#include <string_view>
#include <vector>

namespace imgslim::shell {

/// Whether a shell pattern (* ? [set] and backslashes; POSIX.1-2017 XCU 2.13) matches the whole text. Pattern lists of
/// bash's extglob are taken as text. Quadratic at worst.
[[nodiscard]] bool matches(std::string_view pattern, std::string_view text);

/// Whether the pattern holds an unescaped * ? or [.
[[nodiscard]] bool is_pattern(std::string_view pattern);

/// The text with a backslash before each byte that would mean something in a pattern.
[[nodiscard]] std::string escape_pattern(std::string_view text);
/// The pattern's text, backslashes removed.
[[nodiscard]] std::string unescape_pattern(std::string_view pattern);

/// A set of bytes as `text` begins with it, behind its "[".
struct ByteSet {
  std::bitset<256> bytes;
  std::size_t length = 0;  ///< of its text, "]" included; 0: no set
};
/// As regular expressions write it: backslashes and "!" are bytes like others.
[[nodiscard]] ByteSet regex_set(std::string_view text);

}  // namespace imgslim::shell
