// Findings as XML (checkstyle, JUnit), as GitHub's workflow commands and as Markdown.
#include "report/escape.h"
#include "report/lint_formats.h"

namespace imgslim::report {
namespace {

/// For XML attribute values and text; what XML 1.0 cannot hold is shown as \xNN.
std::string escape_xml(std::string_view text) {
  std::string out;
  for (const char c : escape_terminal(text)) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

enum class CommandPart { property, data };

/// For GitHub's workflow commands (github.com/actions/toolkit, docs/commands.md).
std::string escape_command(std::string_view text, CommandPart part) {
  std::string out;
  for (const char c : text) {
    const bool in_property = part == CommandPart::property && (c == ':' || c == ',');
    if (c == '%')
      out += "%25";
    else if (c == '\r')
      out += "%0D";
    else if (c == '\n')
      out += "%0A";
    else if (in_property)
      out += c == ':' ? "%3A" : "%2C";
    else
      out += c;
  }
  return out;
}

/// For a cell of a Markdown table.
std::string escape_markdown(std::string_view text) {
  std::string out;
  for (const char c : escape_terminal(text)) {
    if (std::string_view("\\`*_{}[]()<>#+-!|&~@$").find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

std::string place(const FindingLocation& at) {
  return std::to_string(at.line.value_or(1)) + ":" + std::to_string(at.column.value_or(1));
}

void github_line(std::string& out, const LintedFile& file, const ReportFinding& finding) {
  const auto& at = finding.location;
  const auto property = [](std::string_view text) {
    return escape_command(escape_terminal(text), CommandPart::property);
  };
  const bool is_note = finding.severity == "info" || finding.severity == "style";
  out += std::string("::") + (is_note ? "notice" : finding.severity) + " file=" + property(file.path);
  out += ",line=" + std::to_string(at.line.value_or(1)) + ",col=" + std::to_string(at.column.value_or(1));
  out += ",endLine=" + std::to_string(at.end_line.value_or(at.line.value_or(1)));
  if (at.end_line == at.line) out += ",endColumn=" + std::to_string(at.end_column.value_or(1));
  out += ",title=" + property(finding.rule);
  out += "::" + escape_command(escape_terminal(finding.message), CommandPart::data) + "\n";
}

}  // namespace

std::string lint_github(const LintReport& report) {
  std::string out;
  for (const char* severity : {"error", "warning", "info", "style"})  // the runner shows the first ones only
    for (const auto& file : report.files)
      for (const auto& finding : file.result.findings)
        if (finding.severity == severity) github_line(out, file, finding);
  return out;
}

std::string lint_checkstyle(const LintReport& report) {
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<checkstyle version=\"4.3\">\n";
  for (const auto& file : report.files) {
    out += "  <file name=\"" + escape_xml(file.path) + "\">\n";
    for (const auto& finding : file.result.findings) {
      const bool is_info = finding.severity == "info" || finding.severity == "style";
      out += "    <error line=\"" + std::to_string(finding.location.line.value_or(1)) + "\" column=\"" +
             std::to_string(finding.location.column.value_or(1)) + "\" severity=\"" +
             (is_info ? "info" : finding.severity) + "\" message=\"" + escape_xml(finding.message) + "\" source=\"" +
             escape_xml(finding.rule) + "\"/>\n";
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
             escape_xml(finding.message) + "\">" + escape_xml(file.path) + ":" + place(finding.location) +
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
      out += "| " + escape_markdown(file.path) + ":" + std::to_string(finding.location.line.value_or(1)) + " | " +
             finding.severity + " | " + escape_markdown(finding.rule) + " | " + escape_markdown(finding.message) +
             " |\n";
  return out;
}

}  // namespace imgslim::report
