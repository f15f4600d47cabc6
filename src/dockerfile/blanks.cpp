#include "dockerfile/blanks.h"

#include <algorithm>

namespace imgslim::dockerfile {
namespace {

std::string mapped(std::string_view text, char first, char last, int shift) {
  std::string out(text);
  for (auto& c : out)
    if (c >= first && c <= last) c = static_cast<char>(c + shift);
  return out;
}

/// Length of the white space character that ends at `end`; 0 when there is none.
std::size_t space_before(std::string_view text, std::size_t end) {
  for (std::size_t length = 1; length <= 3 && length <= end; ++length)
    if (space_at(text, end - length) == length) return length;
  return 0;
}

}  // namespace

std::size_t space_at(std::string_view text, std::size_t at) {
  if (at >= text.size()) return 0;
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
  const auto first = byte(at), second = byte(at + 1), third = byte(at + 2);
  if (first < 0x80) return first == ' ' || (first >= '\t' && first <= '\r') ? 1 : 0;
  if (first == 0xC2) return second == 0x85 || second == 0xA0 ? 2 : 0;
  if (first == 0xE1) return second == 0x9A && third == 0x80 ? 3 : 0;
  if (first == 0xE3) return second == 0x80 && third == 0x80 ? 3 : 0;
  if (first != 0xE2) return 0;
  const bool narrow =
      second == 0x80 && ((third >= 0x80 && third <= 0x8A) || third == 0xA8 || third == 0xA9 || third == 0xAF);
  return narrow || (second == 0x81 && third == 0x9F) ? 3 : 0;
}

IndexRange trimmed_range(std::string_view text) {
  std::size_t begin = 0, end = text.size();
  while (const auto length = space_at(text, begin)) begin += length;
  while (end > begin) {
    const auto length = space_before(text, end);
    if (length == 0) break;
    end -= length;
  }
  return {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(std::max(begin, end))};
}

std::string_view trim(std::string_view text) {
  const auto range = trimmed_range(text);
  return text.substr(range.begin, range.end - range.begin);
}

std::string_view trim_left(std::string_view text) {
  std::size_t begin = 0;
  while (const auto length = space_at(text, begin)) begin += length;
  return text.substr(begin);
}

std::string to_lower(std::string_view text) { return mapped(text, 'A', 'Z', 'a' - 'A'); }
std::string to_upper(std::string_view text) { return mapped(text, 'a', 'z', 'A' - 'a'); }

std::string excerpt(std::string_view text) {
  constexpr std::size_t longest = 60;
  if (text.size() <= longest) return std::string(text);
  auto end = longest;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return std::string(text.substr(0, end)) + "…";
}

}  // namespace imgslim::dockerfile
