#include <algorithm>
#include <string_view>

#include "report/instruction_text.h"
#include "report/text_blocks.h"
#include "report/waste_groups.h"
#include "report/width.h"

namespace imgslim::report {
namespace {

constexpr std::size_t causes_in_a_screenful = 5;
constexpr std::size_t groups_of_a_cause = 3;
constexpr std::uint64_t least_part = 100;  ///< what is less than 1/100 of the waste joins the others

/// "metadata only 9.4 MB", "deleted 1.0 MB", largest first.
std::vector<std::string> fates(const Page& page, const Report& report) {
  std::vector<std::pair<std::string, std::uint64_t>> sums(report.wasted_by_fate.begin(), report.wasted_by_fate.end());
  std::stable_sort(sums.begin(), sums.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
  std::vector<std::string> texts;
  for (const auto& [fate, bytes] : sums)
    if (bytes > 0) texts.push_back(fate_words(fate) + " " + page.size(bytes));
  return texts;
}

std::string place_of(const WasteGroup& group, const Page& page) {
  auto entries = counted(group.entries, "entry");
  auto path = cut_middle(shown_path(group.path), page.columns() * 2 / 3, page.ellipsis());
  if (group.entries == 1) return path;
  if (group.path.empty()) return entries;
  return entries + (group.holds_all ? " in " : ", most in ") + path;
}

/// How many of the items, which stand largest first, are worth a line of their own.
template <typename Items>
std::size_t shown_count(const Items& items, std::size_t limit, std::uint64_t wasted_bytes) {
  std::size_t shown = items.size() <= limit + 1 ? items.size() : limit;
  while (shown > 1 && items[shown - 1].bytes < wasted_bytes / least_part) --shown;
  return shown;
}

void write_cause(Page& page, const Report& report, const WasteCause& cause, std::size_t size_width) {
  const auto instruction = placed_line(instruction_of(report, cause.layer), common_file(report));
  const auto layer = "  layer " + std::to_string(std::uint64_t{cause.layer} + 1);
  const auto total = cause.groups.size() > 1 ? "  " + page.size(cause.bytes) : std::string();
  page.line({{layer + total, Style::heading}, {instruction.empty() ? "" : "  " + instruction}});
  const auto shown = shown_count(cause.groups, groups_of_a_cause, report.totals.wasted_bytes);
  auto others = cause.bytes;
  for (std::size_t i = 0; i < shown; ++i) {
    const auto& group = cause.groups[i];
    page.line("  " + pad_before(page.size(group.bytes), size_width) + "  " + describe_waste(group));
    page.line({{std::string(size_width + 4, ' ')}, {place_of(group, page), Style::dim}});
    others -= std::min(others, group.bytes);
  }
  if (others > 0) page.line({{"  " + pad_before(page.size(others), size_width) + "  in other ways", Style::dim}});
}

}  // namespace

void write_waste(Page& page, const Report& report) {
  if (report.totals.wasted_bytes == 0) return;
  page.blank();
  page.line({{"  WASTE  ", Style::heading}, {page.size(report.totals.wasted_bytes) + " stored but not visible"}});
  page.list({"         "}, fates(page, report));
  const auto causes = group_waste(report);
  const auto shown = shown_count(causes, page.rows(causes_in_a_screenful), report.totals.wasted_bytes);
  std::size_t size_width = 8;
  auto others = report.totals.wasted_bytes;
  for (std::size_t i = 0; i < shown; ++i) {
    size_width = std::max(size_width, display_width(page.size(causes[i].bytes)));
    others -= std::min(others, causes[i].bytes);
  }
  for (std::size_t i = 0; i < shown; ++i) write_cause(page, report, causes[i], size_width);
  if (others > 0) page.line({{"  other layers: " + page.size(others), Style::dim}});
}

}  // namespace imgslim::report
