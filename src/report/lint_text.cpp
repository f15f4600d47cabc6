// Findings for people: one line that editors understand (FILE:LINE:COLUMN: severity: message [RULE]), the source line,
// and a caret under what is meant. gcc is the same without source lines.
#include <algorithm>

#include "report/escape.h"
#include "report/lint_formats.h"
#include "report/width.h"

namespace imgslim::report {
namespace {

std::string ids_of(const ReportFinding& finding) {
  std::string ids = finding.rule;
  for (const auto& alias : finding.aliases) ids += " " + alias;
  return ids;
}

std::string headline(const LintedFile& file, const ReportFinding& finding, std::string_view severity) {
  const auto& at = finding.location;
  std::string line = escape_terminal(file.path) + ":" + std::to_string(at.line.value_or(1)) + ":" +
                     std::to_string(at.column.value_or(1)) + ": ";
  return line.append(severity) + ": " + escape_terminal(full_message(finding)) + " [" +
         escape_terminal(ids_of(finding)) + "]\n";
}

std::string_view color_of(const std::string& severity) {
  return severity == "error" ? "\x1b[31m" : severity == "warning" ? "\x1b[33m" : "\x1b[36m";
}

/// The line with tabs as blanks, so that the caret below it stands right.
std::string shown_line(std::string_view line) {
  std::string text(line);
  std::replace(text.begin(), text.end(), '\t', ' ');
  return escape_terminal(text);
}

std::string excerpt(const LintedFile& file, const ReportFinding& finding) {
  const auto number = finding.location.line.value_or(1);
  const auto line = source_line(file.text, number);
  constexpr std::size_t longest_line = 400;
  if (line.empty() || line.size() > longest_line) return {};
  const std::string margin = std::to_string(number);
  const auto column = std::min<std::size_t>(finding.location.column.value_or(1), line.size() + 1);
  const bool ends_here = finding.location.end_line == finding.location.line;
  const auto end =
      ends_here ? std::min<std::size_t>(finding.location.end_column.value_or(1), line.size()) : line.size();
  const auto indent = shown_line(line.substr(0, column - 1)).size();
  const auto marked = end >= column ? shown_line(line.substr(column - 1, end - column + 1)).size() : 1;
  std::string out = "  " + margin + " | " + shown_line(line) + "\n";
  out += "  " + std::string(margin.size(), ' ') + " | " + std::string(indent, ' ') + "^";
  return out + std::string(std::max<std::size_t>(marked, 1) - 1, '~') + "\n";
}

std::string summary(const LintReport& report) {
  const auto counts = count_severities(report);
  std::uint64_t hidden = 0;
  for (const auto& file : report.files) hidden += file.result.suppressed;
  std::string line = std::to_string(report.files.size()) + (report.files.size() == 1 ? " file: " : " files: ");
  line += counts.all() == 0 ? "no findings"
                            : std::to_string(counts.errors) + " errors, " + std::to_string(counts.warnings) +
                                  " warnings, " + std::to_string(counts.infos + counts.styles) + " notes";
  if (hidden > 0) line += ", " + std::to_string(hidden) + " ignored";
  return line + "\n";
}

}  // namespace

std::string lint_text(const LintReport& report, const RenderOptions& options) {
  std::string out;
  for (const auto& file : report.files)
    for (const auto& finding : file.result.findings) {
      const std::string severity =
          options.color ? std::string(color_of(finding.severity)) + finding.severity + "\x1b[0m" : finding.severity;
      out += headline(file, finding, severity) + excerpt(file, finding);
      if (finding.fix) out += "  fix: " + escape_terminal(finding.fix->description) + "\n";
      out += "\n";
    }
  if (!report.files.empty())
    for (const auto& note : report.files.front().result.notes)
      out += "note: " + escape_terminal(note.where) + " " + escape_terminal(note.text) + "\n";
  return out + summary(report);
}

std::string lint_gcc(const LintReport& report) {
  std::string out;
  for (const auto& file : report.files)
    for (const auto& finding : file.result.findings) {
      const bool is_note = finding.severity == "info" || finding.severity == "style";
      out += headline(file, finding, is_note ? "note" : finding.severity);
    }
  return out;
}

}  // namespace imgslim::report
