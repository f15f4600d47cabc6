// The block that says what to change: what each change saves beside those above it, and what is left after all of them.
#include <algorithm>

#include "report/escape.h"
#include "report/instruction_text.h"
#include "report/table.h"
#include "report/text_blocks.h"
#include "report/width.h"

namespace imgslim::report {
namespace {

constexpr std::size_t suggestions_in_a_screenful = 8;
constexpr std::size_t place_cells = 22;

std::string place_of(const Page& page, const FindingLocation& at) {
  std::string place;
  if (at.line)  // of the one Dockerfile, which the layers' heading names
    place = ":" + std::to_string(*at.line);
  else if (at.layer)
    place = "layer " + std::to_string(std::uint64_t{*at.layer} + 1);
  else if (at.path)
    place = shown_path(*at.path);
  return cut_middle(place, place_cells, page.ellipsis());
}

/// Memory only where nothing else is saved: one column, one kind of bytes.
std::string saves(const Page& page, const FindingSaving& saving) {
  if (saving.bytes > 0 || saving.rss_bytes == 0) return page.size(saving.bytes);
  return page.size(saving.rss_bytes) + " RSS";
}

std::string change(const Page& page, std::uint64_t now, std::uint64_t then) {
  const char* arrow = page.options().unicode ? " → " : " -> ";
  const auto share = percent(now - std::min(now, then), now);
  return page.size(now) + arrow + page.size(then) + (share.empty() ? "" : " (-" + share + ")");
}

void write_totals(Page& page, const ReportSuggestions& suggestions, const std::string& first_rule) {
  const auto count = suggestions.rows.size();
  auto text = "unpacked " + change(page, suggestions.payload_bytes_now, suggestions.payload_bytes_then);
  if (suggestions.compressed_bytes_now > 0)
    text += ", pull " + change(page, suggestions.compressed_bytes_now, suggestions.compressed_bytes_then);
  page.paragraph({count == 1 ? "  then: " : "  all " + grouped(count) + ": "}, text);
  if (!first_rule.empty()) page.line({{"  details: ", Style::dim}, {"imgslim explain " + first_rule}});
}

void write_what_ifs(Page& page, const ReportSuggestions& suggestions) {
  for (const auto& way : suggestions.what_ifs)
    page.paragraph({"  or "}, escape_terminal(way.description) + ": unpacked " +
                                  change(page, suggestions.payload_bytes_now, way.payload_bytes) + ", pull " +
                                  change(page, suggestions.compressed_bytes_now, way.compressed_bytes));
}

}  // namespace

void write_suggestions(Page& page, const Report& report) {
  if (!report.suggestions || !report.findings) return;
  const auto& suggestions = *report.suggestions;
  if (suggestions.rows.empty() && suggestions.what_ifs.empty()) return;
  Table table({{}, {.fit = Fit::cut}, {.align = Align::right}, {}, {}, {}});
  table.heading({"", "TO SHRINK IT", "SAVES", "BASIS", "RULE", ""});
  const auto limit = page.rows(suggestions_in_a_screenful);
  std::string first_rule;
  std::size_t number = 0;
  for (const auto& row : suggestions.rows) {
    if (row.finding >= report.findings->size() || ++number > limit) continue;
    const auto& finding = (*report.findings)[row.finding];
    const bool has_words = finding.fix && !finding.fix->description.empty();
    const auto rule = cut_end(escape_terminal(finding.rule), 10, page.ellipsis());
    if (number == 1) first_rule = rule;
    table.row({std::to_string(number), escape_terminal(has_words ? finding.fix->description : finding.message),
               saves(page, row.saving), cut_end(escape_terminal(row.saving.basis), 9, page.ellipsis()), rule,
               place_of(page, at_instruction(report, finding.location))});
  }
  page.blank();
  if (number > 0) table.print(page);
  if (number > limit) page.line({{"  " + counted(number - limit, "other suggestion"), Style::dim}});
  if (number > 0) write_totals(page, suggestions, first_rule);
  write_what_ifs(page, suggestions);
}

}  // namespace imgslim::report
