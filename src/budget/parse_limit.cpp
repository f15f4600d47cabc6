#include "core/byte_format.h"
#include "imgslim/budget.h"

namespace imgslim {
namespace {

/// "3%", "0.5 %": digits, and up to four after the point.
std::optional<std::uint64_t> parse_percent(std::string_view text) {
  constexpr std::size_t most_digits = 6, places = 4;
  std::uint64_t value = 0;
  std::size_t digits = 0, after_point = 0;
  bool point = false;
  for (const char c : text) {
    if (c == '.' && !point && digits > 0) {
      point = true;
    } else if (c >= '0' && c <= '9' && digits < most_digits + places && after_point < places) {
      value = value * 10 + static_cast<std::uint64_t>(c - '0');
      ++digits;
      after_point += point ? 1 : 0;
    } else {
      return std::nullopt;
    }
  }
  if (digits == 0 || (point && after_point == 0)) return std::nullopt;
  for (; after_point < places; ++after_point) value *= 10;
  return value;
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

}  // namespace

Status parse_limit(std::string_view text, BudgetLimit& limit) {
  const auto bar = text.find('|');
  const auto size = trim(text.substr(0, bar));
  if (size.ends_with('%'))
    return usage_error("\"" + std::string(size) +
                       "\" alone is next to nothing of a small image: give a size beside it, as in 5MB|3%");
  IMGSLIM_TRY(limit.max, parse_byte_count(size));
  if (bar == std::string_view::npos) return Done{};
  auto percent = trim(text.substr(bar + 1));
  if (!percent.ends_with('%')) return usage_error("\"" + std::string(percent) + "\": a percentage is wanted, as in 3%");
  percent.remove_suffix(1);
  limit.parts_per_million = parse_percent(trim(percent));
  if (!limit.parts_per_million)
    return usage_error("\"" + std::string(percent) + "%\" is no percentage: write 3% or 0.5%");
  return Done{};
}

}  // namespace imgslim
