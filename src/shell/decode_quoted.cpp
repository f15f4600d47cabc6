#include "shell/parse.h"
#include "shell/parser.h"

namespace imgslim::shell {
namespace {

int digit_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return 16;
}

void append_utf8(std::string& out, std::uint32_t code) {
  if (code < 0x80) {
    out += static_cast<char>(code);
    return;
  }
  const int trailing = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
  constexpr unsigned leads[] = {0, 0xc0, 0xe0, 0xf0};
  out += static_cast<char>(leads[trailing] | (code >> (6 * trailing)));
  for (int i = trailing - 1; i >= 0; --i) out += static_cast<char>(0x80 | ((code >> (6 * i)) & 0x3f));
}

/// A number of at most `most` digits at `at`, which is moved behind it; nothing without digits.
std::optional<std::uint32_t> number(std::string_view text, std::size_t& at, int base, int most) {
  std::uint32_t value = 0;
  int digits = 0;
  for (; digits < most && at < text.size() && digit_value(text[at]) < base; ++digits)
    value = value * static_cast<std::uint32_t>(base) + static_cast<std::uint32_t>(digit_value(text[at++]));
  return digits == 0 ? std::nullopt : std::optional(value);
}

/// The numeric escapes \nnn, \xHH, \uHHHH, \UHHHHHHHH and \cX; false for other letters.
bool append_number(std::string& out, std::string_view text, std::size_t& at, char letter) {
  std::optional<std::uint32_t> value;
  constexpr std::uint32_t largest_code = 0x10ffff;
  if (digit_value(letter) < 8) {
    --at;
    value = number(text, at, 8, 3);
  } else if (letter == 'x') {
    value = number(text, at, 16, 2);
  } else if (letter == 'u' || letter == 'U') {
    value = number(text, at, 16, letter == 'u' ? 4 : 8);
    if (value && *value <= largest_code) return append_utf8(out, *value), true;
  } else if (letter == 'c' && at < text.size()) {
    value = static_cast<std::uint32_t>(text[at++]) & 0x1f;
  }
  if (value) out += static_cast<char>(*value);
  return value.has_value();
}

}  // namespace

std::string decode_dollar_quoted(std::string_view text) {
  constexpr std::string_view letters = "abeEfnrtv\\'\"?", meanings = "\a\b\x1b\x1b\f\n\r\t\v\\'\"?";
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at++];
    if (c != '\\' || at == text.size()) {
      out += c;
      continue;
    }
    const char letter = text[at++];
    const auto known = letters.find(letter);
    if (known != std::string_view::npos) {
      out += meanings[known];
    } else if (!append_number(out, text, at, letter)) {
      out += '\\';
      out += letter;
    }
  }
  return out;
}

}  // namespace imgslim::shell
