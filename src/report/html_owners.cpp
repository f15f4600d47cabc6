// Who holds the bytes of the HTML page's image: packages, kinds of files, waste by its cause, duplicates.
#include <algorithm>

#include "report/html_sections.h"
#include "report/instruction_text.h"
#include "report/page.h"
#include "report/waste_groups.h"

namespace imgslim::report {

Html html_packages(const Report& report, const HtmlLooks& looks) {
  HtmlTable table({"Package", ">Visible", ">Pull", "At run time", ">Layer"});
  const auto shown = looks.rows(report.packages.size());
  for (std::size_t i = 0; i < shown; ++i) {
    const auto& package = report.packages[i];
    table.row({text(package_label(package)), looks.size(package.visible_bytes), looks.size(package.compressed_bytes),
               text(package.runtime.value_or("")),
               text(package.layer ? std::to_string(std::uint64_t{*package.layer} + 1) : "")});
  }
  return table.is_empty() ? Html{} : std::move(table).take(report.packages.size() - shown);
}

Html html_kinds(const Report& report, const HtmlLooks& looks) {
  HtmlTable table({"Kind", ">Visible", "", ">Pull", ">Wasted", ">Files"});
  for (const auto& kind : report.classes)
    table.row({text(kind.name), looks.size(kind.visible_bytes),
               HtmlLooks::bar(kind.visible_bytes, report.totals.visible_bytes), looks.size(kind.compressed_bytes),
               looks.size(kind.wasted_bytes), text(grouped(kind.files))});
  return table.is_empty() ? Html{} : std::move(table).take();
}

Html html_waste(const Report& report, const HtmlLooks& looks) {
  Html all;
  for (const auto& cause : group_waste(report)) {
    const auto instruction = placed_line(instruction_of(report, cause.layer), common_file(report));
    all += {"<h3>" + text("Layer " + std::to_string(std::uint64_t{cause.layer} + 1) + ": ").markup +
            looks.size(cause.bytes).markup + "</h3>\n"};
    if (!instruction.empty()) all += paragraph(code(instruction));
    HtmlTable table({">Size", "What it does", "Where", ">Entries"});
    const auto shown = looks.rows(cause.groups.size());
    for (std::size_t i = 0; i < shown; ++i) {
      const auto& group = cause.groups[i];
      table.row({looks.size(group.bytes), text(describe_waste(group)),
                 text(group.entries == 1 || group.holds_all ? "" : "most in ") + code("/" + group.path),
                 text(grouped(group.entries))});
    }
    all += std::move(table).take(cause.groups.size() - shown);
  }
  return all;
}

Html html_duplicates(const Report& report, const HtmlLooks& looks) {
  HtmlTable table({">Twice or more", ">Each", ">Times", "Paths"});
  const auto shown = looks.rows(report.duplicates.size());
  for (std::size_t i = 0; i < shown; ++i) {
    const auto& set = report.duplicates[i];
    constexpr std::size_t paths_of_a_set = 8;
    Html paths;
    for (std::size_t k = 0; k < std::min(set.paths.size(), paths_of_a_set); ++k)
      paths += (k == 0 ? Html{} : Html{"<br>"}) + code("/" + set.paths[k]);
    if (set.paths.size() > paths_of_a_set)
      paths += Html{"<br>"} + text(counted(set.paths.size() - paths_of_a_set, "other path"));
    table.row({looks.size(set.wasted_bytes), looks.size(set.bytes_each), text(grouped(set.count)), paths});
  }
  return table.is_empty() ? Html{} : std::move(table).take(report.duplicates.size() - shown);
}

}  // namespace imgslim::report
