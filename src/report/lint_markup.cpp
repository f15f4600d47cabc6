// Findings as XML (checkstyle, JUnit) and as Markdown.
#include "report/escape_markup.h"
#include "report/lint_formats.h"

namespace imgslim::report {
namespace {

std::string place(const FindingLocation& at) {
  return std::to_string(at.line.value_or(1)) + ":" + std::to_string(at.column.value_or(1));
}

}  // namespace

std::string lint_checkstyle(const LintReport& report) {
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<checkstyle version=\"4.3\">\n";
  for (const auto& file : report.files) {
    out += "  <file name=\"" + escape_xml(file.path) + "\">\n";
    for (const auto& finding : file.result.findings) {
      const bool is_info = finding.severity == "info" || finding.severity == "style";
      out += "    <error line=\"" + std::to_string(finding.location.line.value_or(1)) + "\" column=\"" +
             std::to_string(finding.location.column.value_or(1)) + "\" severity=\"" +
             (is_info ? "info" : finding.severity) + "\" message=\"" + escape_xml(full_message(finding)) +
             "\" source=\"" + escape_xml(finding.rule) + "\"/>\n";
    }
    out += "  </file>\n";
  }
  return out + "</checkstyle>\n";
}

std::string lint_junit(const LintReport& report) {
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"imgslim lint\">\n";
  for (const auto& file : report.files) {
    const auto& findings = file.result.findings;
    const auto tests = std::max<std::size_t>(findings.size(), 1);
    out += "  <testsuite name=\"" + escape_xml(file.path) + "\" tests=\"" + std::to_string(tests) + "\" failures=\"" +
           std::to_string(findings.size()) + "\">\n";
    if (findings.empty()) out += "    <testcase name=\"lint\" classname=\"" + escape_xml(file.path) + "\"/>\n";
    for (const auto& finding : findings)
      out += "    <testcase name=\"" + escape_xml(finding.rule) + " " + place(finding.location) + "\" classname=\"" +
             escape_xml(file.path) + "\">\n      <failure type=\"" + finding.severity + "\" message=\"" +
             escape_xml(full_message(finding)) + "\">" + escape_xml(file.path) + ":" + place(finding.location) +
             "</failure>\n    </testcase>\n";
    out += "  </testsuite>\n";
  }
  return out + "</testsuites>\n";
}

std::string lint_markdown(const LintReport& report) {
  const auto counts = count_severities(report);
  if (counts.all() == 0) return "No findings.\n";
  std::string out = std::to_string(counts.errors) + " errors, " + std::to_string(counts.warnings) + " warnings, " +
                    std::to_string(counts.infos + counts.styles) + " notes\n\n";
  out += "| Where | Severity | Rule | What |\n|:--|:--|:--|:--|\n";
  for (const auto& file : report.files)
    for (const auto& finding : file.result.findings)
      out += "| " + markdown_code(file.path + ":" + std::to_string(finding.location.line.value_or(1))) + " | " +
             finding.severity + " | " + escape_markdown(finding.rule) + " | " + escape_markdown(full_message(finding)) +
             " |\n";
  return out;
}

}  // namespace imgslim::report
