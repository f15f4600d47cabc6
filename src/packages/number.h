#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>

namespace imgslim::packages {

/// A plain decimal number, nothing else around it.
inline std::optional<std::uint64_t> parse_decimal(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace imgslim::packages
