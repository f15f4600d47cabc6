// Findings as commands in the log of a CI service: GitHub's annotations and Azure's issues.
//
// GitHub shows ten annotations of each level in a step and drops the rest without a word (actions/toolkit,
// docs/problem-matchers.md), so the worst come first and the tenth says how many more there are. Azure has errors and
// warnings only; what is less stands in the log as a line.
#include <algorithm>

#include "report/escape.h"
#include "report/escape_markup.h"
#include "report/lint_formats.h"

namespace imgslim::report {
namespace {

constexpr std::size_t annotations_of_a_level = 10;

struct Placed {
  const LintedFile* file;
  const ReportFinding* finding;
};

std::uint64_t saved_bytes(const ReportFinding& finding) { return finding.saving ? finding.saving->bytes : 0; }

/// The findings of some severities, a worse severity first, then those that cost more.
std::vector<Placed> worst_first(const LintReport& report, std::initializer_list<std::string_view> severities) {
  std::vector<Placed> rows;
  for (const auto severity : severities) {
    const auto start = static_cast<std::ptrdiff_t>(rows.size());
    for (const auto& file : report.files)
      for (const auto& finding : file.result.findings)
        if (finding.severity == severity) rows.push_back({&file, &finding});
    std::stable_sort(rows.begin() + start, rows.end(), [](const Placed& a, const Placed& b) {
      return saved_bytes(*a.finding) > saved_bytes(*b.finding);
    });
  }
  return rows;
}

std::string github_line(const char* level, const Placed& placed) {
  const auto& at = placed.finding->location;
  const auto property = [](std::string_view text) { return escape_github(text, CommandPart::property); };
  std::string out = std::string("::") + level + " file=" + property(placed.file->path);
  out += ",line=" + std::to_string(at.line.value_or(1)) + ",col=" + std::to_string(at.column.value_or(1));
  out += ",endLine=" + std::to_string(at.end_line.value_or(at.line.value_or(1)));
  if (at.end_line == at.line) out += ",endColumn=" + std::to_string(at.end_column.value_or(1));
  out += ",title=" + property(placed.finding->rule);
  return out + "::" + escape_github(full_message(*placed.finding), CommandPart::message) + "\n";
}

std::string github_level(const char* level, const std::vector<Placed>& rows) {
  const auto shown = rows.size() > annotations_of_a_level ? annotations_of_a_level - 1 : rows.size();
  std::string out;
  for (std::size_t i = 0; i < shown; ++i) out += github_line(level, rows[i]);
  if (shown < rows.size())
    out += std::string("::") + level + " title=imgslim::" + std::to_string(rows.size() - shown) +
           " more: the other outputs have them all\n";
  return out;
}

std::string azure_line(const char* type, const Placed& placed) {
  const auto& at = placed.finding->location;
  const auto property = [](std::string_view text) { return escape_azure(text, CommandPart::property); };
  return std::string("##vso[task.logissue type=") + type + ";sourcepath=" + property(placed.file->path) +
         ";linenumber=" + std::to_string(at.line.value_or(1)) +
         ";columnnumber=" + std::to_string(at.column.value_or(1)) + ";code=" + property(placed.finding->rule) + "]" +
         escape_azure(full_message(*placed.finding), CommandPart::message) + "\n";
}

}  // namespace

std::string lint_github(const LintReport& report) {
  return github_level("error", worst_first(report, {"error"})) +
         github_level("warning", worst_first(report, {"warning"})) +
         github_level("notice", worst_first(report, {"info", "style"}));
}

std::string lint_azure(const LintReport& report) {
  std::string out;
  for (const auto& placed : worst_first(report, {"error"})) out += azure_line("error", placed);
  for (const auto& placed : worst_first(report, {"warning"})) out += azure_line("warning", placed);
  for (const auto& placed : worst_first(report, {"info", "style"}))
    out += escape_terminal(placed.file->path) + ":" + std::to_string(placed.finding->location.line.value_or(1)) +
           ": note: " + escape_terminal(full_message(*placed.finding)) + " [" + escape_terminal(placed.finding->rule) +
           "]\n";
  return out;
}

}  // namespace imgslim::report
