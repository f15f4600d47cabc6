#include "dockerfile/durations.h"

#include <array>
#include <utility>

namespace imgslim::dockerfile {
namespace {

struct Unit {
  std::string_view name;
  double nanoseconds;
};

/// Longer names first where one begins with another.
constexpr std::array<Unit, 8> units{{{"ms", 1e6},
                                     {"ns", 1},
                                     {"us", 1e3},
                                     {"\xC2\xB5s", 1e3},
                                     {"\xCE\xBCs", 1e3},
                                     {"h", 3.6e12},
                                     {"m", 6e10},
                                     {"s", 1e9}}};

/// Digits with at most one point among them; nothing without a digit.
std::optional<double> take_number(std::string_view& text) {
  double value = 0, scale = 1;
  bool digits = false, behind_point = false;
  while (!text.empty()) {
    const char c = text.front();
    if (c == '.' && !behind_point) {
      behind_point = true;
    } else if (c >= '0' && c <= '9') {
      digits = true;
      if (behind_point) scale /= 10;
      value = behind_point ? value + (c - '0') * scale : value * 10 + (c - '0');
    } else {
      break;
    }
    text.remove_prefix(1);
  }
  return digits ? std::optional(value) : std::nullopt;
}

std::optional<double> take_unit(std::string_view& text) {
  for (const auto& unit : units) {
    if (!text.starts_with(unit.name)) continue;
    text.remove_prefix(unit.name.size());
    return unit.nanoseconds;
  }
  return std::nullopt;
}

}  // namespace

std::optional<double> parse_duration(std::string_view text) {
  double sign = 1;
  if (text.starts_with('-') || text.starts_with('+')) {
    sign = text.front() == '-' ? -1 : 1;
    text.remove_prefix(1);
  }
  if (text == "0") return 0;
  if (text.empty()) return std::nullopt;
  double total = 0;
  while (!text.empty()) {
    const auto number = take_number(text);
    const auto unit = number ? take_unit(text) : std::nullopt;
    if (!unit) return std::nullopt;
    total += *number * *unit;
  }
  return sign * total;
}

}  // namespace imgslim::dockerfile
