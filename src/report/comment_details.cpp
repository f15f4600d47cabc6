// The parts of the comment that fold: more ways to shrink the image, layers, packages, paths, findings.
#include <algorithm>

#include "core/byte_format.h"
#include "report/comment_parts.h"
#include "report/escape.h"
#include "report/escape_markup.h"
#include "report/instruction_text.h"
#include "report/page.h"
#include "report/width.h"

namespace imgslim::report {
namespace {

constexpr std::size_t rows_of_a_table = 20;

std::string folded(const std::string& summary, const std::string& content) {
  return "<details><summary>" + summary + "</summary>\n\n" + content + "\n</details>\n\n";
}

std::string prose(std::string_view text) { return escape_markdown(cut_end(escape_terminal(text), 300, "…")); }

/// What a finding's saving is in one cell: memory when it is about nothing else.
std::string saving_cell(const FindingSaving& saving, Units units) {
  if (saving.bytes > 0 || saving.rss_bytes == 0) return format_bytes(saving.bytes, units);
  return format_bytes(saving.rss_bytes, units) + " RSS";
}

std::string together(const ReportSuggestions& suggestions, Units units) {
  return "All together: unpacked " + format_bytes(suggestions.payload_bytes_now, units) + " → " +
         format_bytes(suggestions.payload_bytes_then, units) + ", pull " +
         format_bytes(suggestions.compressed_bytes_now, units) + " → " +
         format_bytes(suggestions.compressed_bytes_then, units) + ".\n";
}

std::string more_suggestions(const CommentSource& source) {
  if (!source.report.suggestions) return {};
  const auto& suggestions = *source.report.suggestions;
  const auto best = best_suggestion(source);
  std::string table = "| Saves unpacked | Basis | Rule | Where | What |\n|--:|:--|:--|:--|:--|\n";
  std::uint64_t bytes = 0;
  std::size_t count = 0;
  for (std::size_t i = 0; i < suggestions.rows.size(); ++i) {
    const auto& row = suggestions.rows[i];
    if (i == best || row.finding >= source.findings.size()) continue;
    bytes += row.saving.bytes;
    if (++count > source.options.max_suggestions) continue;
    const auto& finding = source.findings[row.finding];
    table += "| " + saving_cell(row.saving, source.options.units) + " | " + prose(row.saving.basis) + " | " +
             short_code(finding.rule) + " | " + place_of(finding.location) + " | " + prose(finding.message) + " |\n";
  }
  if (count == 0) return {};
  if (count > source.options.max_suggestions)
    table +=
        "\n" + counted(count - source.options.max_suggestions, "other suggestion") + " in the report of this run.\n";
  return folded(
      counted(count, "more suggestion").append(" (") + format_bytes(bytes, source.options.units) + " unpacked)",
      table + "\nEach row counts what the rows above it leave. " + together(suggestions, source.options.units));
}

std::string what_ifs(const CommentSource& source) {
  if (!source.report.suggestions || source.report.suggestions->what_ifs.empty()) return {};
  const auto units = source.options.units;
  std::string table = "| | Unpacked then | Pull then | What |\n|:--|--:|--:|:--|\n";
  for (const auto& way : source.report.suggestions->what_ifs)
    table += "| " + short_code(way.name) + " | " + format_bytes(way.payload_bytes, units) + " | " +
             format_bytes(way.compressed_bytes, units) + " | " + prose(way.description) + " |\n";
  return folded("Other ways to build it", table);
}

/// "others" that a table has no row for.
std::string rest_of(std::size_t rows, const char* noun) {
  return rows > rows_of_a_table ? "\n" + counted(rows - rows_of_a_table, noun) + " in the report of this run.\n" : "";
}

std::string compared_layers(const CommentSource& source) {
  const auto units = source.options.units;
  std::string table = "| Layer | Unpacked | Change | Instruction |\n|--:|--:|--:|:--|\n";
  std::size_t rows = 0;
  for (const auto& layer : source.comparison->layers) {
    if (layer.change == "same" && layer.payload_bytes.change() == 0) continue;
    if (++rows > rows_of_a_table) continue;
    const auto number = layer.index_after ? std::to_string(std::uint64_t{*layer.index_after} + 1) : std::string("gone");
    const auto text = one_line(layer.instruction);
    table += "| " + number + " | " + format_bytes(layer.payload_bytes.after, units) + " | " +
             change_text(layer.payload_bytes.change(), units) + " | " + (text.empty() ? "" : short_code(text)) + " |\n";
  }
  return rows == 0 ? "" : folded(counted(rows, "changed layer"), table + rest_of(rows, "other layer"));
}

std::string plain_layers(const CommentSource& source) {
  std::string table = "| Layer | Unpacked | Wasted | Instruction |\n|--:|--:|--:|:--|\n";
  std::size_t rows = 0;
  for (const auto& layer : source.report.layers) {
    if (++rows > rows_of_a_table) continue;
    const auto text = one_line(layer.instruction);
    table += "| " + std::to_string(std::uint64_t{layer.index} + 1) + " | " +
             format_bytes(layer.payload_bytes, source.options.units) + " | " +
             format_bytes(layer.caused_waste_bytes, source.options.units) + " | " +
             (text.empty() ? "" : short_code(text)) + " |\n";
  }
  return rows == 0 ? "" : folded(counted(rows, "layer"), table + rest_of(rows, "other layer"));
}

std::string changed_packages(const CommentSource& source) {
  std::string table = "| Package | Before | After | Visible | Change |\n|:--|:--|:--|--:|--:|\n";
  std::size_t rows = 0;
  for (const auto& package : source.comparison->packages) {
    if (++rows > rows_of_a_table) continue;
    const auto version = [](const std::string& text) { return text.empty() ? std::string("–") : short_code(text); };
    table += "| " + short_code(package.manager.empty() ? package.name : package.manager + " " + package.name) + " | " +
             version(package.version_before) + " | " + version(package.version_after) + " | " +
             format_bytes(package.visible_bytes.after, source.options.units) + " | " +
             change_text(package.visible_bytes.change(), source.options.units) + " |\n";
  }
  return rows == 0 ? "" : folded(counted(rows, "changed package"), table + rest_of(rows, "other package"));
}

std::string changed_paths(const CommentSource& source) {
  std::string table = "| Path | Visible | Change |\n|:--|--:|--:|\n";
  std::size_t rows = 0;
  for (const auto& path : source.comparison->paths) {
    if (++rows > rows_of_a_table) continue;
    const auto was = path.path_before ? " (was " + short_code("/" + *path.path_before) + ")" : std::string();
    table += "| " + short_code("/" + path.path) + was + " | " +
             format_bytes(path.visible_bytes.after, source.options.units) + " | " +
             change_text(path.visible_bytes.change(), source.options.units) + " |\n";
  }
  return rows == 0 ? "" : folded(counted(rows, "changed path"), table + rest_of(rows, "other path"));
}

std::string list_findings(const std::vector<ReportFinding>& findings, const std::string& adjective) {
  if (findings.empty()) return {};
  std::string table = "| Severity | Rule | Where | What |\n|:--|:--|:--|:--|\n";
  for (std::size_t i = 0; i < std::min(findings.size(), rows_of_a_table); ++i) {
    const auto& finding = findings[i];
    table += "| " + prose(finding.severity) + " | " + short_code(finding.rule) + " | " + place_of(finding.location) +
             " | " + prose(finding.message) + " |\n";
  }
  return folded(counted(findings.size(), adjective + "finding"), table + rest_of(findings.size(), "other finding"));
}

}  // namespace

std::vector<std::string> comment_details(const CommentSource& source) {
  std::vector<std::string> parts = {more_suggestions(source), what_ifs(source)};
  if (source.comparison == nullptr) {
    parts.push_back(plain_layers(source));
    parts.push_back(list_findings(source.findings, ""));
    return parts;
  }
  parts.push_back(compared_layers(source));
  parts.push_back(changed_packages(source));
  parts.push_back(changed_paths(source));
  if (source.comparison->findings_added) parts.push_back(list_findings(*source.comparison->findings_added, "new "));
  if (source.comparison->findings_removed)
    parts.push_back(list_findings(*source.comparison->findings_removed, "settled "));
  return parts;
}

}  // namespace imgslim::report
