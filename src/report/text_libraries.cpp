// The blocks about run time: what the command maps of the image's shared objects, and what will fail.
#include <algorithm>
#include <array>
#include <tuple>

#include "core/path.h"
#include "report/escape.h"
#include "report/runtime_text.h"
#include "report/table.h"
#include "report/text_blocks.h"
#include "report/width.h"

namespace imgslim::report {
namespace {

constexpr std::size_t objects_in_a_screenful = 6;
constexpr std::size_t findings_in_a_screenful = 6;
constexpr std::size_t packages_named = 5;
constexpr std::size_t margin = 13;  ///< of the lines below the heading

/// "certain 9, declared 3; possible 4 more".
std::string tiers(const ReportRuntime& runtime) {
  constexpr std::array<const char*, 4> names = {"certain", "declared", "likely", "possible"};
  std::array<std::uint64_t, 4> counts{};
  for (const auto& object : runtime.objects)
    for (std::size_t i = 0; i < names.size(); ++i)
      if (object.confidence == names[i]) ++counts[i];
  std::string text;
  for (std::size_t i = 0; i + 1 < names.size(); ++i)
    if (counts[i] > 0) text.append(text.empty() ? "" : ", ").append(names[i]).append(" ").append(grouped(counts[i]));
  if (counts.back() > 0) text.append("; possible, not counted: ").append(grouped(counts.back()));
  return text;
}

void write_summary(Page& page, const ReportRuntime& runtime) {
  const std::string indent(margin, ' ');
  const auto program = main_program(runtime);
  if (!program.empty())
    page.line({{indent + "program "}, {cut_middle(program, page.columns() - margin - 8, page.ellipsis())}});
  const auto sure = tiers(runtime);
  if (!sure.empty()) page.line(indent + sure);
  if (runtime.unreached.shared_objects > 0)
    page.line(indent + "reached by nothing: " + grouped(runtime.unreached.shared_objects) + " with " +
              page.size(runtime.unreached.bytes));
}

void write_largest_objects(Page& page, const Report& report) {
  const auto objects = used_objects(*report.runtime);
  if (objects.empty()) return;
  Table table({{.align = Align::right}, {.fit = Fit::cut}, {}, {.align = Align::right}, {}});
  table.heading({"SIZE", "LOADED AT START", "PACKAGE", "LAYER", "WHY"});
  const auto limit = std::min(objects.size(), page.rows(objects_in_a_screenful));
  for (std::size_t i = 0; i < limit; ++i) {
    const auto& object = *objects[i];
    table.row({{page.size(object.visible_bytes)},
               {escape_terminal(base_name(object.path)), Style::normal, Cut::middle},
               {cut_end(escape_terminal(object.package.value_or("")), 20, page.ellipsis())},
               {std::to_string(std::uint64_t{object.layer} + 1)},
               {cut_end(escape_terminal(object.via), 16, page.ellipsis())}});
  }
  table.print(page);
}

/// The largest packages of a state ("unreached").
void write_packages(Page& page, const Report& report, const char* state, const char* words) {
  std::vector<std::string> names;
  for (const auto& package : report.packages) {
    if (package.runtime != state || package.visible_bytes == 0) continue;
    if (names.size() == packages_named) break;
    names.push_back(cut_end(escape_terminal(package.name), 30, page.ellipsis()) + " " +
                    page.size(package.visible_bytes));
  }
  if (!names.empty()) page.list({words, Style::dim}, names);
}

int rank(const std::string& severity) { return severity == "error" ? 0 : severity == "warning" ? 1 : 2; }

/// The severest first; of those what is about no bytes, since the suggestions have the others, then the largest.
std::vector<const ReportFinding*> in_order(const std::vector<ReportFinding>& all) {
  const auto key = [](const ReportFinding* finding) {
    const auto bytes = finding->saving ? finding->saving->bytes : 0;
    return std::tuple(rank(finding->severity), bytes > 0, ~bytes);
  };
  std::vector<const ReportFinding*> findings;
  for (const auto& finding : all) findings.push_back(&finding);
  std::stable_sort(findings.begin(), findings.end(), [&](const auto* a, const auto* b) { return key(a) < key(b); });
  return findings;
}

}  // namespace

void write_libraries(Page& page, const Report& report) {
  if (!report.runtime) return;
  const auto& runtime = *report.runtime;
  page.blank();
  const Span heading{"  LIBRARIES  ", Style::heading};
  if (runtime.no_command) {
    page.line({heading, {"not known: the image names no command (see --cmd)"}});
  } else {
    page.paragraph(heading, grouped(runtime.loaded.shared_objects) + " of " + grouped(runtime.all.shared_objects) +
                                " ELF files load at start" + (runtime.trace ? " or in the trace" : "") + ": " +
                                page.size(runtime.loaded.bytes) + " of " + page.size(runtime.all.bytes));
    write_runtime_warnings(page, runtime);
    write_summary(page, runtime);
    write_largest_objects(page, report);
    write_packages(page, report, "unreached", "  no file of these packages is reached: ");
  }
  write_trace(page, runtime);
  write_packages(page, report, "untraced", "  no file of these packages is in the trace: ");
}

void write_problems(Page& page, const Report& report) {
  if (!report.findings || report.findings->empty()) return;
  const auto findings = in_order(*report.findings);
  page.blank();
  page.line({{"  PROBLEMS  ", Style::heading}, {counted(findings.size(), "finding") + ", the worst first"}});
  const auto limit = page.rows(findings_in_a_screenful);
  for (std::size_t i = 0; i < std::min(limit, findings.size()); ++i) {
    const auto& finding = *findings[i];
    const Span lead{"  " + cut_end(escape_terminal(finding.rule), 8, page.ellipsis()) + " " +
                        pad_after(cut_end(escape_terminal(finding.severity), 8, page.ellipsis()), 7) + "  ",
                    rank(finding.severity) < 2 ? Style::warning : Style::normal};
    page.paragraph(lead, escape_terminal(finding.message));
    const auto path = finding.location.path.value_or("");
    if (!path.empty() && finding.message.find(path) == std::string::npos)
      page.line(std::string(display_width(lead.text), ' ') +
                cut_middle(shown_path(path), page.columns() - 20, page.ellipsis()));
  }
  if (findings.size() > limit) page.line({{"  " + counted(findings.size() - limit, "other finding"), Style::dim}});
}

}  // namespace imgslim::report
