// The picture of the directories: an icicle. The report's rows are a cut of the tree; a row stands below the nearest
// row that holds it, the largest on the left. Attributes only, no style, so that it shows under the strictest policy
// too.
#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "core/path.h"
#include "report/directories.h"
#include "report/html_sections.h"
#include "report/page.h"

namespace imgslim::report {
namespace {

constexpr std::size_t deepest = 6;
constexpr double picture_width = 1000, row_height = 24, narrowest = 3, letter_width = 7.2;
constexpr std::array colours{"#2a78d6", "#1baf7a", "#c98500", "#8a63d2", "#d5583a", "#3987a5", "#b0578d", "#6b8e23"};

struct Box {
  const ReportPath* row;
  double x, width;
  std::size_t depth, colour;
};

using Children = std::map<const ReportPath*, std::vector<const ReportPath*>>;

/// By row those that it holds directly, the largest first. Rows are sorted by path, the root "" first.
Children children_of(const std::vector<ReportPath>& rows) {
  std::map<std::string_view, const ReportPath*> by_path;
  Children children;
  for (const auto& row : rows) {
    by_path.emplace(row.path, &row);
    if (row.path.empty()) continue;
    auto above = by_path.end();
    for (auto parent = parent_path(row.path);; parent = parent_path(parent)) {
      above = by_path.find(parent);
      if (above != by_path.end() || parent.empty()) break;
    }
    if (above != by_path.end()) children[above->second].push_back(&row);
  }
  for (auto& [above, below] : children)
    std::stable_sort(below.begin(), below.end(),
                     [](const auto* a, const auto* b) { return a->visible_bytes > b->visible_bytes; });
  return children;
}

void add_boxes(const Children& children, const Box& box, std::vector<Box>& boxes) {
  boxes.push_back(box);
  const auto below = children.find(box.row);
  if (below == children.end() || box.depth + 1 >= deepest || box.row->visible_bytes == 0) return;
  auto x = box.x;
  std::size_t number = 0;
  for (const auto* row : below->second) {
    const auto width =
        box.width * static_cast<double>(row->visible_bytes) / static_cast<double>(box.row->visible_bytes);
    if (width < narrowest) break;
    add_boxes(children, {row, x, width, box.depth + 1, box.depth == 0 ? number++ % colours.size() : box.colour}, boxes);
    x += width;
  }
}

/// With one decimal, so that the same report gives the same bytes.
std::string number(double value) {
  const auto tenths = static_cast<std::uint64_t>(std::round(value * 10));
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10);
}

Html drawn(const Box& box, const HtmlLooks& looks) {
  const auto y = row_height * static_cast<double>(box.depth);
  const auto name = box.row->path.empty() ? std::string("/") : std::string(base_name(box.row->path));
  Html svg{"<g><title>" + text("/" + box.row->path + "  ").markup + looks.size(box.row->visible_bytes).markup +
           "</title><rect x=\"" + number(box.x) + "\" y=\"" + number(y) + "\" width=\"" + number(box.width - 1) +
           "\" height=\"" + number(row_height - 1) + "\" fill=\"" + (box.depth == 0 ? "#777" : colours[box.colour]) +
           "\"/>"};
  const auto letters = static_cast<std::size_t>(std::max(0.0, (box.width - 8) / letter_width));
  if (name.size() <= letters)
    svg += {"<text x=\"" + number(box.x + 4) + "\" y=\"" + number(y + 16) +
            "\" font-size=\"12\" font-family=\"monospace\" fill=\"#fff\">" + text(name).markup + "</text>"};
  return svg + Html{"</g>\n"};
}

Html picture(const Report& report, const HtmlLooks& looks) {
  if (report.paths.empty() || !report.paths.front().path.empty()) return {};
  std::vector<Box> boxes;
  add_boxes(children_of(report.paths), {&report.paths.front(), 0, picture_width, 0, 0}, boxes);
  std::size_t depth = 0;
  for (const auto& box : boxes) depth = std::max(depth, box.depth + 1);
  Html svg{"<svg viewBox=\"0 0 1000 " + number(row_height * static_cast<double>(depth)) +
           "\" width=\"100%\" role=\"img\" aria-label=\"Directories by size; the table below has the numbers\">\n"};
  for (const auto& box : boxes) svg += drawn(box, looks);
  return svg + Html{"</svg>\n"};
}

}  // namespace

Html html_directories(const Report& report, const HtmlLooks& looks) {
  const auto shares = directory_shares(report);
  HtmlTable table({"Directory", ">Visible", "", ">Pull"});
  const auto shown = looks.rows(shares.size());
  for (std::size_t i = 0; i < shown; ++i)
    table.row({code("/" + shares[i].path) + text(shares[i].remainder ? ", the rest" : ""),
               looks.size(shares[i].visible_bytes),
               HtmlLooks::bar(shares[i].visible_bytes, report.totals.visible_bytes),
               looks.size(shares[i].compressed_bytes)});
  return table.is_empty() ? Html{} : picture(report, looks) + std::move(table).take(shares.size() - shown);
}

}  // namespace imgslim::report
