// SARIF 2.1.0 (docs.oasis-open.org/sarif/sarif/v2.1.0), with what GitHub's code scanning asks for: rules with help, a
// region with all four ends, and a fingerprint that survives lines put above it.
#include <algorithm>
#include <set>

#include "report/json_sink.h"
#include "report/lint_formats.h"

namespace imgslim::report {
namespace {

void member(JsonSink& sink, std::string_view key, std::string_view text) {
  sink.key(key);
  sink.value(text);
}

void count(JsonSink& sink, std::string_view key, std::uint64_t number) {
  sink.key(key);
  sink.value(number);
}

void text_object(JsonSink& sink, std::string_view key, std::string_view text) {
  sink.key(key);
  sink.open('{');
  member(sink, "text", text);
  sink.close();
}

const char* level_of(const std::string& severity) {
  return severity == "error" ? "error" : severity == "warning" ? "warning" : "note";
}

/// Rules that findings name, in order of their ids.
std::vector<const RuleInfo*> used_rules(const LintReport& report) {
  std::set<std::string> ids;
  for (const auto& file : report.files)
    for (const auto& finding : file.result.findings) ids.insert(finding.rule);
  std::vector<const RuleInfo*> rules;
  for (const auto& rule : report.rules)
    if (ids.contains(rule.id)) rules.push_back(&rule);
  return rules;
}

void rule(JsonSink& sink, const RuleInfo& info) {
  sink.open('{');
  member(sink, "id", info.id);
  text_object(sink, "shortDescription", info.title);
  text_object(sink, "fullDescription", info.why);
  sink.key("help");
  sink.open('{');
  member(sink, "text", info.why + " " + info.fix);
  member(sink, "markdown",
         "**" + info.title + "**\n\n" + info.why + "\n\n" + info.fix + "\n\nBad:\n\n```dockerfile\n" + info.bad +
             "\n```\n\nGood:\n\n```dockerfile\n" + info.good + "\n```\n");
  sink.close();
  if (!info.links.empty()) member(sink, "helpUri", info.links.front());
  sink.key("defaultConfiguration");
  sink.open('{');
  member(sink, "level", level_of(info.severity));
  sink.close();
  sink.key("properties");
  sink.open('{');
  sink.key("tags");
  sink.open('[');
  sink.value(info.family);
  sink.close();
  sink.close();
  sink.close();
}

struct Region {
  std::uint64_t line, column, end_line, end_column;
};

/// SARIF's end column is behind the last character.
Region region_of(const FindingLocation& at) {
  return {at.line.value_or(1), at.column.value_or(1), at.end_line.value_or(at.line.value_or(1)),
          at.end_column.value_or(at.column.value_or(1)) + 1};
}

void region(JsonSink& sink, std::string_view key, const Region& region) {
  sink.key(key);
  sink.open('{');
  count(sink, "startLine", region.line);
  count(sink, "startColumn", region.column);
  count(sink, "endLine", region.end_line);
  count(sink, "endColumn", region.end_column);
  sink.close();
}

void artifact(JsonSink& sink, const LintedFile& file) {
  sink.key("artifactLocation");
  sink.open('{');
  std::string uri;
  for (const char c : file.path) {
    constexpr std::string_view plain = "-._~/+@:";
    const bool keep = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                      plain.find(c) != std::string_view::npos;
    constexpr char digits[] = "0123456789ABCDEF";
    const auto byte = static_cast<unsigned char>(c);
    if (keep)
      uri += c;
    else
      uri.append({'%', digits[byte >> 4], digits[byte & 15]});
  }
  member(sink, "uri", uri);
  sink.close();
}

Region region_of_edit(std::string_view text, const FindingEdit& edit) {
  const auto place = [text](std::size_t offset) {
    const auto before = text.substr(0, offset);
    const auto line = static_cast<std::uint64_t>(std::count(before.begin(), before.end(), '\n')) + 1;
    return std::pair(line, static_cast<std::uint64_t>(offset - (before.rfind('\n') + 1)) + 1);
  };
  const auto [line, column] = place(edit.begin);
  const auto [end_line, end_column] = place(edit.end);
  return {line, column, end_line, end_column};
}

void fixes(JsonSink& sink, const LintedFile& file, const ReportFinding& finding) {
  if (!finding.fix || finding.fix->edits.empty()) return;
  sink.key("fixes");
  sink.open('[');
  sink.open('{');
  text_object(sink, "description", finding.fix->description);
  sink.key("artifactChanges");
  sink.open('[');
  sink.open('{');
  artifact(sink, file);
  sink.key("replacements");
  sink.open('[');
  for (const auto& edit : finding.fix->edits) {
    sink.open('{');
    region(sink, "deletedRegion", region_of_edit(file.text, edit));
    text_object(sink, "insertedContent", edit.text);
    sink.close();
  }
  for (const char closing : {']', '}', ']', '}', ']'}) {
    static_cast<void>(closing);
    sink.close();
  }
}

void result(JsonSink& sink, const LintedFile& file, const ReportFinding& finding, const std::string& fingerprint) {
  sink.open('{');
  member(sink, "ruleId", finding.rule);
  member(sink, "level", level_of(finding.severity));
  text_object(sink, "message", finding.message);
  sink.key("locations");
  sink.open('[');
  sink.open('{');
  sink.key("physicalLocation");
  sink.open('{');
  artifact(sink, file);
  region(sink, "region", region_of(finding.location));
  sink.close();
  sink.close();
  sink.close();
  sink.key("partialFingerprints");
  sink.open('{');
  member(sink, "primaryLocationLineHash", fingerprint);
  sink.close();
  fixes(sink, file, finding);
  sink.close();
}

void driver(JsonSink& sink, const LintReport& report) {
  sink.key("tool");
  sink.open('{');
  sink.key("driver");
  sink.open('{');
  member(sink, "name", "imgslim");
  member(sink, "version", IMGSLIM_VERSION);
  sink.key("rules");
  sink.open('[');
  for (const auto* info : used_rules(report)) rule(sink, *info);
  sink.close();
  sink.close();
  sink.close();
}

}  // namespace

std::string lint_sarif(const LintReport& report) {
  JsonSink sink(JsonSink::Layout::lines, JsonSink::Strings::text);
  Fingerprints fingerprints;
  sink.open('{');
  member(sink, "$schema", "https://json.schemastore.org/sarif-2.1.0.json");
  member(sink, "version", "2.1.0");
  sink.key("runs");
  sink.open('[');
  sink.open('{');
  driver(sink, report);
  sink.key("columnKind");
  sink.value("unicodeCodePoints");
  sink.key("results");
  sink.open('[');
  for (const auto& file : report.files)
    for (const auto& finding : file.result.findings) result(sink, file, finding, fingerprints.next(file, finding));
  sink.close();
  sink.close();
  sink.close();
  sink.close();
  return std::move(sink).take() + "\n";
}

}  // namespace imgslim::report
