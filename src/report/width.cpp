#include "report/width.h"

#include <utf8proc.h>

#include <algorithm>

#include "report/escape.h"

namespace imgslim::report {
namespace {

std::size_t cell_count(const CodePoint& point) {
  return point.valid ? static_cast<std::size_t>(std::max(0, utf8proc_charwidth(point.value))) : 1;
}

/// The longest start of `text` that fits into `cells`, with the combining marks of its last character.
std::string_view start_within(std::string_view text, std::size_t cells) {
  std::size_t used = 0, size = 0;
  while (size < text.size()) {
    const auto point = first_code_point(text.substr(size));
    used += cell_count(point);
    if (used > cells) break;
    size += point.size_bytes;
  }
  return text.substr(0, size);
}

/// The longest end of `text` that fits into `cells` and does not start with a combining mark.
std::string_view end_within(std::string_view text, std::size_t cells) {
  std::size_t width = display_width(text);
  while (!text.empty()) {
    const auto point = first_code_point(text);
    if (width <= cells && cell_count(point) > 0) break;
    width -= cell_count(point);
    text.remove_prefix(point.size_bytes);
  }
  return text;
}

}  // namespace

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    const auto point = first_code_point(text);
    width += cell_count(point);
    text.remove_prefix(point.size_bytes);
  }
  return width;
}

std::string cut_end(std::string_view text, std::size_t cells, std::string_view ellipsis) {
  if (display_width(text) <= cells) return std::string(text);
  const auto ellipsis_cells = display_width(ellipsis);
  if (cells <= ellipsis_cells) return std::string(start_within(ellipsis, cells));
  return std::string(start_within(text, cells - ellipsis_cells)).append(ellipsis);
}

std::string cut_middle(std::string_view text, std::size_t cells, std::string_view ellipsis) {
  if (display_width(text) <= cells) return std::string(text);
  const auto ellipsis_cells = display_width(ellipsis);
  if (cells <= ellipsis_cells) return std::string(start_within(ellipsis, cells));
  const auto kept = cells - ellipsis_cells;
  return std::string(start_within(text, kept - kept / 2)).append(ellipsis).append(end_within(text, kept / 2));
}

std::string pad_before(std::string_view text, std::size_t cells) {
  const auto width = display_width(text);
  return std::string(width < cells ? cells - width : 0, ' ').append(text);
}

std::string pad_after(std::string_view text, std::size_t cells) {
  const auto width = display_width(text);
  return std::string(text).append(width < cells ? cells - width : 0, ' ');
}

}  // namespace imgslim::report
