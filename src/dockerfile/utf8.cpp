#include "dockerfile/utf8.h"

namespace imgslim::dockerfile {

void append_utf8(std::string& out, std::uint32_t code) {
  const auto tail = [&](unsigned shift) { out += static_cast<char>(0x80 | ((code >> shift) & 0x3F)); };
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xC0 | (code >> 6));
    tail(0);
  } else if (code < 0x10000) {
    out += static_cast<char>(0xE0 | (code >> 12));
    tail(6);
    tail(0);
  } else {
    out += static_cast<char>(0xF0 | (code >> 18));
    tail(12);
    tail(6);
    tail(0);
  }
}

std::uint32_t take_utf8(std::string_view text, std::size_t& at) {
  const auto first = static_cast<unsigned char>(text[at++]);
  if (first < 0x80) return first;
  const unsigned tails = first >= 0xF0 && first <= 0xF4  ? 3
                         : first >= 0xE0 && first < 0xF0 ? 2
                         : first >= 0xC2 && first < 0xE0 ? 1
                                                         : 0;
  if (tails == 0 || at + tails > text.size()) return replacement_character;
  std::uint32_t code = first & (0x3Fu >> tails);
  for (unsigned i = 0; i < tails; ++i) {
    const auto byte = static_cast<unsigned char>(text[at + i]);
    if ((byte & 0xC0) != 0x80) return replacement_character;
    code = code << 6 | (byte & 0x3Fu);
  }
  const bool too_long = (tails == 2 && code < 0x800) || (tails == 3 && (code < 0x10000 || code > 0x10FFFF));
  if (too_long || (code >= 0xD800 && code <= 0xDFFF)) return replacement_character;
  at += tails;
  return code;
}

}  // namespace imgslim::dockerfile
