#include "report/table.h"

#include <algorithm>

#include "report/width.h"

namespace imgslim::report {
namespace {

constexpr std::size_t gap = 2;  ///< also the margin
constexpr std::size_t narrowest_cell = 8;

std::string fitted(const Span& cell, Fit fit, std::size_t width, const Page& page) {
  if (fit == Fit::whole) return cell.text;
  const auto cut = cell.cut == Cut::middle ? cut_middle : cut_end;
  return cut(cell.text, width, page.ellipsis());
}

}  // namespace

void Table::row(const std::vector<std::string>& cells, Style style) {
  std::vector<Span> spans;
  for (const auto& cell : cells) spans.push_back({cell, style});
  row(std::move(spans));
}

std::vector<std::size_t> Table::widths(const Page& page) const {
  std::vector<std::size_t> widths(columns_.size(), 0);
  for (const auto& row : rows_)
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], display_width(row[i].text));
  std::size_t used = 0, flexible = columns_.size();
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (columns_[i].fit == Fit::whole)
      used += widths[i] + gap;
    else
      flexible = i;
  }
  if (flexible < columns_.size()) {
    const auto taken = used + gap;
    const auto left = page.columns() > taken + narrowest_cell ? page.columns() - taken : narrowest_cell;
    widths[flexible] = std::min(widths[flexible], left);
  }
  return widths;
}

void Table::print(Page& page) const {
  const auto cell_widths = widths(page);
  for (const auto& row : rows_) {
    std::vector<Span> line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const auto text = fitted(row[i], columns_[i].fit, cell_widths[i], page);
      const bool left = columns_[i].align == Align::left;
      line.push_back({std::string(gap, ' ')});
      line.push_back({left ? pad_after(text, cell_widths[i]) : pad_before(text, cell_widths[i]), row[i].style});
    }
    page.line(line);
  }
}

}  // namespace imgslim::report
