#include <algorithm>

#include "report/directories.h"
#include "report/escape.h"
#include "report/instruction_text.h"
#include "report/table.h"
#include "report/text_blocks.h"
#include "report/width.h"

namespace imgslim::report {
namespace {

constexpr std::size_t packages_in_a_screenful = 8;
constexpr std::size_t rows_in_a_screenful = 6;

struct OwnerRow {
  std::string label;
  std::uint64_t visible_bytes = 0, compressed_bytes = 0;
  std::string layer;
  Cut cut = Cut::end;
  std::optional<std::string> at_run_time;  ///< stands in place of the share
};

/// Writes a section whose rows sum to the visible bytes: the first `limit` of `rows`, then one for the others. What the
/// rows do not hold, because the report was cut, counts as others too.
void add_section(Table& table, const Page& page, const Report& report, const std::vector<OwnerRow>& rows,
                 std::size_t limit) {
  const auto& totals = report.totals;
  const std::size_t shown = rows.size() <= limit + 1 ? rows.size() : limit;
  auto others = totals.visible_bytes;
  auto others_compressed = totals.visible_compressed_bytes;
  for (std::size_t i = 0; i < shown; ++i) {
    const auto& row = rows[i];
    table.row({{row.label, Style::normal, row.cut},
               {page.size(row.visible_bytes)},
               {page.size(row.compressed_bytes)},
               {row.at_run_time ? *row.at_run_time : percent(row.visible_bytes, totals.visible_bytes)},
               {row.layer}});
    others -= std::min(others, row.visible_bytes);
    others_compressed -= std::min(others_compressed, row.compressed_bytes);
  }
  if (others == 0) return;
  const auto label = rows.size() > shown ? counted(rows.size() - shown, "other") : "others";
  table.row({label, page.size(others), page.size(others_compressed), percent(others, totals.visible_bytes), ""},
            Style::dim);
}

void add_packages(Table& table, const Page& page, const Report& report) {
  std::size_t manager_width = 0;
  for (const auto& package : report.packages)
    manager_width = std::max(manager_width, std::min<std::size_t>(display_width(package.manager), 8));
  std::vector<OwnerRow> rows;
  for (const auto& package : report.packages) {
    const auto manager = pad_after(cut_end(escape_terminal(package.manager), 8, page.ellipsis()), manager_width);
    ReportPackage unmanaged = package;
    unmanaged.manager.clear();
    rows.push_back({manager_width == 0 ? package_label(unmanaged) : manager + "  " + package_label(unmanaged),
                    package.visible_bytes, package.compressed_bytes,
                    package.layer ? std::to_string(std::uint64_t{*package.layer} + 1) : "", Cut::end,
                    report.runtime ? std::optional(escape_terminal(package.runtime.value_or(""))) : std::nullopt});
  }
  table.heading({"PACKAGES", "SIZE", "PULL", report.runtime ? "AT RUN TIME" : "SHARE", "LAYER"});
  add_section(table, page, report, rows, page.rows(packages_in_a_screenful));
}

void add_directories(Table& table, const Page& page, const Report& report) {
  std::vector<OwnerRow> rows;
  for (const auto& share : directory_shares(report))
    rows.push_back({shown_path(share.path) + (share.remainder ? " (rest)" : ""), share.visible_bytes,
                    share.compressed_bytes, "", Cut::middle});
  table.blank();
  table.heading({"DIRECTORIES", "", "", report.runtime ? "SHARE" : ""});
  add_section(table, page, report, rows, page.rows(rows_in_a_screenful));
}

void add_classes(Table& table, const Page& page, const Report& report) {
  std::vector<OwnerRow> rows;
  for (const auto& row : report.classes)
    if (row.visible_bytes > 0) rows.push_back({escape_terminal(row.name), row.visible_bytes, row.compressed_bytes, ""});
  table.blank();
  table.heading({"KINDS OF FILES", "", "", report.runtime ? "SHARE" : ""});
  add_section(table, page, report, rows, page.rows(rows_in_a_screenful));
}

}  // namespace

void write_owners(Page& page, const Report& report) {
  if (report.totals.visible_bytes == 0) return;
  Table table({{.fit = Fit::cut},
               {.align = Align::right},
               {.align = Align::right},
               {.align = Align::right},
               {.align = Align::right}});
  if (!report.packages.empty()) add_packages(table, page, report);
  if (!report.paths.empty()) add_directories(table, page, report);
  if (!report.classes.empty()) add_classes(table, page, report);
  page.blank();
  table.print(page);
}

}  // namespace imgslim::report
