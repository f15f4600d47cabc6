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

/// A rule that needs an image has no Dockerfile to show.
std::string example(const char* heading, const std::string& dockerfile) {
  return dockerfile.empty() ? "" : std::string("\n\n") + heading + ":\n\n```dockerfile\n" + dockerfile + "\n```";
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
         "**" + info.title + "**\n\n" + info.why + "\n\n" + info.fix + example("Bad", info.bad) +
             example("Good", info.good) + "\n");
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

/// SARIF counts columns in code points, findings in bytes. Lines without text (no Dockerfile is known) stay as they
/// are.
std::uint64_t in_code_points(std::string_view text, std::uint64_t line, std::uint64_t column) {
  const auto before = source_line(text, static_cast<std::uint32_t>(line)).substr(0, column - 1);
  const auto continued = std::count_if(before.begin(), before.end(),
                                       [](char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; });
  return column - static_cast<std::uint64_t>(continued);
}

void region(JsonSink& sink, std::string_view key, std::string_view text, const TextRegion& region) {
  sink.key(key);
  sink.open('{');
  count(sink, "startLine", region.line);
  count(sink, "startColumn", in_code_points(text, region.line, region.column));
  count(sink, "endLine", region.end_line);
  count(sink, "endColumn", in_code_points(text, region.end_line, region.end_column));
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
    region(sink, "deletedRegion", file.text, region_of(file.text, edit));
    text_object(sink, "insertedContent", edit.text);
    sink.close();
  }
  for (const char closing : {']', '}', ']', '}', ']'}) {
    static_cast<void>(closing);
    sink.close();
  }
}

/// The file in the image that a finding is about.
void logical_location(JsonSink& sink, const FindingLocation& at) {
  if (!at.path) return;
  sink.key("logicalLocations");
  sink.open('[');
  sink.open('{');
  member(sink, "fullyQualifiedName", "/" + *at.path);
  member(sink, "kind", "resource");
  sink.close();
  sink.close();
}

void properties(JsonSink& sink, const std::optional<FindingSaving>& saving) {
  if (!saving) return;
  sink.key("properties");
  sink.open('{');
  count(sink, "savingBytes", saving->bytes);
  count(sink, "savingCompressedBytes", saving->compressed_bytes);
  count(sink, "savingRssBytes", saving->rss_bytes);
  member(sink, "savingBasis", saving->basis);
  sink.close();
}

void result(JsonSink& sink, const LintedFile& file, const ReportFinding& finding, const std::string& fingerprint) {
  sink.open('{');
  member(sink, "ruleId", finding.rule);
  member(sink, "level", level_of(finding.severity));
  text_object(sink, "message", full_message(finding));
  sink.key("locations");
  sink.open('[');
  sink.open('{');
  sink.key("physicalLocation");
  sink.open('{');
  artifact(sink, file);
  region(sink, "region", file.text, region_of(finding.location));
  sink.close();
  logical_location(sink, finding.location);
  sink.close();
  sink.close();
  sink.key("partialFingerprints");
  sink.open('{');
  member(sink, "primaryLocationLineHash", fingerprint);
  sink.close();
  fixes(sink, file, finding);
  properties(sink, finding.saving);
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
