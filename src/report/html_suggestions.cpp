// The section that says what to change: each change with what it saves beside those above it, its reason and its patch.
#include <algorithm>

#include "report/html_sections.h"
#include "report/instruction_text.h"
#include "report/page.h"

namespace imgslim::report {
namespace {

Html change(const HtmlLooks& looks, std::uint64_t now, std::uint64_t then) {
  const auto share = percent(now - std::min(now, then), now);
  return looks.size(now) + Html{" → "} + looks.size(then) + text(share.empty() ? "" : " (−" + share + ")");
}

Html saves(const HtmlLooks& looks, const FindingSaving& saving) {
  if (saving.bytes > 0 || saving.rss_bytes == 0)
    return looks.size(saving.bytes) + Html{" unpacked, "} + looks.size(saving.compressed_bytes) + Html{" of the pull"};
  return looks.size(saving.rss_bytes) + Html{" of memory"};
}

Html evidence(const HtmlLooks& looks, const ReportFinding& finding) {
  HtmlTable table({">Size", "Path"});
  const auto shown = looks.rows(finding.evidence.size());
  for (std::size_t i = 0; i < shown; ++i)
    table.row({looks.size(finding.evidence[i].bytes), code("/" + finding.evidence[i].path)});
  return table.is_empty() ? Html{} : std::move(table).take(finding.evidence.size() - shown);
}

Html suggestion(const Report& report, const HtmlLooks& looks, const ReportSuggestion& row) {
  const auto& finding = (*report.findings)[row.finding];
  const bool has_words = finding.fix && !finding.fix->description.empty();
  const auto at = at_instruction(report, finding.location);
  Html summary{"<strong>" + saves(looks, row.saving).markup + "</strong> "};
  summary += text(has_words ? finding.fix->description : finding.message) + Html{" "} + code(finding.rule);
  if (at.line) summary += Html{" "} + text("line " + std::to_string(*at.line));
  auto details = paragraph(text(finding.message)) + paragraph(text("basis: " + row.saving.basis));
  if (row.saving.added_rss_bytes > 0)
    details += paragraph(text("costs ") + looks.size(row.saving.added_rss_bytes) + text(" of memory at start"));
  if (finding.fix && !finding.fix->patch.empty()) details += block(finding.fix->patch);
  return folded(summary, details + evidence(looks, finding));
}

Html what_ifs(const ReportSuggestions& suggestions, const HtmlLooks& looks) {
  HtmlTable table({"Or another way, by itself", ">Unpacked", ">Pull"});
  for (const auto& way : suggestions.what_ifs)
    table.row({text(way.description), change(looks, suggestions.payload_bytes_now, way.payload_bytes),
               change(looks, suggestions.compressed_bytes_now, way.compressed_bytes)});
  return table.is_empty() ? Html{} : std::move(table).take();
}

}  // namespace

Html html_suggestions(const Report& report, const HtmlLooks& looks) {
  if (!report.suggestions || !report.findings) return {};
  const auto& suggestions = *report.suggestions;
  Html all;
  for (const auto& row : suggestions.rows)
    if (row.finding < report.findings->size()) all += suggestion(report, looks, row);
  if (!all.markup.empty()) {
    all += paragraph(text("All together: unpacked ") +
                     change(looks, suggestions.payload_bytes_now, suggestions.payload_bytes_then) + text(", pull ") +
                     change(looks, suggestions.compressed_bytes_now, suggestions.compressed_bytes_then));
    if (!suggestions.patch.empty()) all += folded(text("One patch for all of them"), block(suggestions.patch));
  }
  return all + what_ifs(suggestions, looks);
}

}  // namespace imgslim::report
