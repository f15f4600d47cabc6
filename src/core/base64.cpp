#include "core/base64.h"

#include <cstdint>

namespace imgslim {
namespace {

std::optional<std::uint32_t> sextet(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '+') return 62;
  if (c == '/') return 63;
  return std::nullopt;
}

std::size_t padding(std::string_view text) {
  if (text.ends_with("==")) return 2;
  return text.ends_with('=') ? 1 : 0;
}

}  // namespace

std::optional<std::string> decode_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  std::string bytes;
  bytes.reserve(text.size() / 4 * 3);
  std::uint32_t bits = 0;
  std::size_t count = 0;
  for (char c : text.substr(0, text.size() - padding(text))) {
    const auto value = sextet(c);
    if (!value) return std::nullopt;
    bits = bits << 6 | *value;
    if (++count % 4 == 1) continue;
    bytes += static_cast<char>(bits >> (8 - count % 4 * 2) % 8 & 0xff);
  }
  return bytes;
}

}  // namespace imgslim
