#include "core/byte_format.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <cstdio>

namespace imgslim {
namespace {

struct UnitScale {
  double base;
  std::array<const char*, 7> names;
};
constexpr UnitScale si_scale{1000.0, {"B", "kB", "MB", "GB", "TB", "PB", "EB"}};
constexpr UnitScale iec_scale{1024.0, {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"}};

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

/// The factor of a unit suffix, or 0 when unknown. "m", "mb" are SI; "mi", "mib" are IEC.
double unit_factor(std::string_view suffix) {
  std::string unit = lower(suffix);
  if (unit.empty() || unit == "b") return 1;
  constexpr std::string_view prefixes = "kmgtpe";
  const auto power = prefixes.find(unit[0]);
  if (power == std::string_view::npos) return 0;
  const auto rest = std::string_view(unit).substr(1);
  const double exponent = static_cast<double>(power + 1);
  if (rest.empty() || rest == "b") return std::pow(1000.0, exponent);
  if (rest == "i" || rest == "ib") return std::pow(1024.0, exponent);
  return 0;
}

}  // namespace

std::string format_bytes(std::uint64_t bytes, Units units) {
  if (units == Units::bytes) return std::to_string(bytes);
  const auto& scale = units == Units::si ? si_scale : iec_scale;
  double value = static_cast<double>(bytes);
  std::size_t index = 0;
  // 999.95 would print as "1000.0": go up a unit before rounding does.
  while (index + 1 < scale.names.size() && value >= (index == 0 ? scale.base : scale.base - 0.05)) {
    value /= scale.base;
    ++index;
  }
  char buffer[40];
  std::snprintf(buffer, sizeof buffer, index == 0 ? "%.0f %s" : "%.1f %s", value, scale.names[index]);
  return buffer;
}

std::string format_byte_change(std::int64_t bytes, Units units) {
  const auto magnitude = bytes < 0 ? ~static_cast<std::uint64_t>(bytes) + 1 : static_cast<std::uint64_t>(bytes);
  return (bytes < 0 ? "-" : "+") + format_bytes(magnitude, units);
}

Result<std::uint64_t> parse_byte_count(std::string_view text) {
  auto refuse = [&](const char* why) {
    return usage_error("not a byte count: \"" + std::string(text.substr(0, 40)) + "\" (" + why +
                       "; write 20MB for 20,000,000 or 20MiB for 20,971,520)");
  };
  const auto digits_end =
      std::find_if_not(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || c == '.'; });
  const std::string_view number(text.begin(), digits_end);
  std::string_view suffix(digits_end, text.end());
  while (!suffix.empty() && suffix.front() == ' ') suffix.remove_prefix(1);
  if (number.empty()) return refuse("no number");
  const double factor = unit_factor(suffix);
  if (factor == 0) return refuse("unknown unit");

  std::uint64_t whole = 0;
  const auto whole_end = number.data() + number.size();
  if (const auto parsed = std::from_chars(number.data(), whole_end, whole);
      parsed.ptr == whole_end && parsed.ec == std::errc()) {
    const auto integer_factor = static_cast<std::uint64_t>(factor);
    if (whole > UINT64_MAX / integer_factor) return refuse("too large");
    return whole * integer_factor;
  }
  double fraction = 0;
  const auto parsed = std::from_chars(number.data(), whole_end, fraction);
  if (parsed.ptr != whole_end || parsed.ec != std::errc()) return refuse("bad number");
  const double product = fraction * factor;
  if (!(product < 18446744073709551615.0)) return refuse("too large");
  return static_cast<std::uint64_t>(std::llround(product));
}

Result<Units> parse_units(std::string_view text) {
  if (text == "si") return Units::si;
  if (text == "iec") return Units::iec;
  if (text == "bytes") return Units::bytes;
  return usage_error("unknown units \"" + std::string(text) + "\": si, iec or bytes");
}

}  // namespace imgslim
