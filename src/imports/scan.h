#pragma once

#include <string.h>

#include <algorithm>
#include <cstddef>
#include <string_view>

#include "core/find_word.h"

/// Small means that the readers share: all of them look only where one of a few words occurs.
namespace imgslim::imports {

inline constexpr auto npos = std::string_view::npos;

[[nodiscard]] inline std::size_t find_byte(std::string_view text, char byte, std::size_t from) {
  if (from >= text.size()) return npos;
  const void* const hit = memchr(text.data() + from, byte, text.size() - from);
  return hit == nullptr ? npos : static_cast<std::size_t>(static_cast<const char*>(hit) - text.data());
}

/// Where the line that holds `at` ends: at its newline or at the end of the text.
[[nodiscard]] inline std::size_t line_end(std::string_view text, std::size_t at) {
  return std::min(find_byte(text, '\n', at), text.size());
}

[[nodiscard]] inline bool is_word_byte(char byte) {
  const auto b = static_cast<unsigned char>(byte);
  return (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || (b >= '0' && b <= '9') || b == '_' || b >= 0x80;
}

/// The word that `text` begins with, "" without one.
[[nodiscard]] inline std::string_view leading_word(std::string_view text) {
  std::size_t end = 0;
  while (end < text.size() && is_word_byte(text[end])) ++end;
  return text.substr(0, end);
}

[[nodiscard]] inline std::string_view without_leading_blanks(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t\f\r");
  return begin == npos ? std::string_view() : text.substr(begin);
}

/// Line ends count as blanks here.
[[nodiscard]] inline std::string_view without_trailing_blanks(std::string_view text) {
  const auto last = text.find_last_not_of(" \t\f\r\n");
  return text.substr(0, last == npos ? 0 : last + 1);
}

/// Answers "where is this word next?" for ascending positions at the cost of one search through the text.
class NextOccurrence {
 public:
  NextOccurrence(std::string_view text, std::string_view word) : text_(text), word_(word) { search(0); }

  /// The first occurrence at or behind `at`, npos without one.
  [[nodiscard]] std::size_t from(std::size_t at) {
    if (next_ < at) search(at);
    return next_;
  }

 private:
  void search(std::size_t at) { next_ = find_word(text_, word_, at); }

  std::string_view text_, word_;
  std::size_t next_ = 0;
};

}  // namespace imgslim::imports
