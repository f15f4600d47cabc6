// Byte order marks (Unicode 15, chapter 23.8). Dockerfiles saved by editors on Windows come with them; BuildKit takes
// the mark of UTF-8 only.
#include "dockerfile/encoding.h"

#include <array>

#include "dockerfile/utf8.h"

namespace imgslim::dockerfile {
namespace {

struct Mark {
  std::string_view bytes;
  Encoding encoding;
  std::size_t unit;  ///< bytes of a code unit
  bool big_endian;
};

/// UTF-32 first: its little-endian mark begins with that of UTF-16.
constexpr std::array<Mark, 5> marks{{{std::string_view("\xFF\xFE\0\0", 4), Encoding::utf32_le, 4, false},
                                     {std::string_view("\0\0\xFE\xFF", 4), Encoding::utf32_be, 4, true},
                                     {"\xFF\xFE", Encoding::utf16_le, 2, false},
                                     {"\xFE\xFF", Encoding::utf16_be, 2, true},
                                     {"\xEF\xBB\xBF", Encoding::utf8_bom, 1, false}}};

std::uint32_t unit_at(std::string_view bytes, std::size_t at, const Mark& mark) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < mark.unit; ++i) {
    const auto byte = static_cast<unsigned char>(bytes[at + i]);
    value |= static_cast<std::uint32_t>(byte) << 8 * (mark.big_endian ? mark.unit - 1 - i : i);
  }
  return value;
}

void append_unit(std::string& out, std::uint32_t value, const Mark& mark) {
  for (std::size_t i = 0; i < mark.unit; ++i)
    out += static_cast<char>(value >> 8 * (mark.big_endian ? mark.unit - 1 - i : i) & 0xFF);
}

bool is_surrogate(std::uint32_t code) { return code >= 0xD800 && code <= 0xDFFF; }

void decode_units(std::string_view bytes, const Mark& mark, DecodedText& decoded) {
  std::size_t at = 0;
  while (at + mark.unit <= bytes.size()) {
    auto code = unit_at(bytes, at, mark);
    at += mark.unit;
    if (mark.unit == 2 && code >= 0xD800 && code < 0xDC00 && at + 2 <= bytes.size()) {
      const auto low = unit_at(bytes, at, mark);
      if (low >= 0xDC00 && low <= 0xDFFF) {
        code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
        at += 2;
      }
    }
    if (code > 0x10FFFF || is_surrogate(code)) {
      decoded.valid = false;
      code = replacement_character;
    }
    append_utf8(decoded.text, code);
  }
  if (at != bytes.size()) decoded.valid = false;
}

}  // namespace

DecodedText decode_text(std::string bytes) {
  DecodedText decoded;
  for (const auto& mark : marks) {
    if (!bytes.starts_with(mark.bytes)) continue;
    decoded.encoding = mark.encoding;
    bytes.erase(0, mark.bytes.size());
    if (mark.unit == 1) break;
    decode_units(bytes, mark, decoded);
    return decoded;
  }
  decoded.text = std::move(bytes);
  return decoded;
}

std::string encode_text(std::string text, Encoding encoding) {
  for (const auto& mark : marks) {
    if (mark.encoding != encoding) continue;
    std::string out(mark.bytes);
    if (mark.unit == 1) return out + text;
    for (std::size_t at = 0; at < text.size();) {
      const auto code = take_utf8(text, at);
      if (mark.unit == 2 && code >= 0x10000) {
        append_unit(out, 0xD800 + ((code - 0x10000) >> 10), mark);
        append_unit(out, 0xDC00 + ((code - 0x10000) & 0x3FF), mark);
      } else {
        append_unit(out, code, mark);
      }
    }
    return out;
  }
  return text;
}

}  // namespace imgslim::dockerfile
