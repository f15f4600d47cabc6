// Findings as JSON: imgslim's own (the `findings` of imgslim.report/1 with their fixes), GitLab's code quality report,
// and reviewdog's rdjson.
#include "report/escape.h"
#include "report/json_sink.h"
#include "report/lint_formats.h"

namespace imgslim::report {
namespace {

void text_member(JsonSink& sink, std::string_view key, std::string_view text) {
  sink.key(key);
  sink.value(text);
}

void count_member(JsonSink& sink, std::string_view key, std::optional<std::uint32_t> number) {
  sink.key(key);
  if (number)
    sink.value(std::uint64_t{*number});
  else
    sink.null();
}

void byte_member(JsonSink& sink, std::string_view key, std::uint64_t bytes) {
  sink.key(key);
  sink.value(bytes);
}

void location(JsonSink& sink, const FindingLocation& at) {
  sink.key("location");
  sink.open('{');
  text_member(sink, "file", at.file.value_or(""));
  count_member(sink, "line", at.line);
  count_member(sink, "column", at.column);
  count_member(sink, "end_line", at.end_line);
  count_member(sink, "end_column", at.end_column);
  count_member(sink, "layer", at.layer);
  sink.key("path");
  if (at.path)
    sink.value(*at.path);
  else
    sink.null();
  sink.close();
}

void saving(JsonSink& sink, const std::optional<FindingSaving>& saving) {
  sink.key("saving");
  if (!saving) return sink.null();
  sink.open('{');
  byte_member(sink, "bytes", saving->bytes);
  byte_member(sink, "compressed_bytes", saving->compressed_bytes);
  byte_member(sink, "rss_bytes", saving->rss_bytes);
  byte_member(sink, "added_rss_bytes", saving->added_rss_bytes);
  text_member(sink, "basis", saving->basis);
  sink.close();
}

void evidence(JsonSink& sink, const std::vector<FindingEvidence>& rows) {
  sink.key("evidence");
  sink.open('[');
  for (const auto& row : rows) {
    sink.open('{');
    text_member(sink, "path", row.path);
    byte_member(sink, "bytes", row.bytes);
    sink.close();
  }
  sink.close();
}

void fix(JsonSink& sink, const std::optional<FindingFix>& fix) {
  sink.key("fix");
  if (!fix) return sink.null();
  sink.open('{');
  text_member(sink, "description", fix->description);
  text_member(sink, "patch", fix->patch);
  sink.key("edits");
  sink.open('[');
  for (const auto& edit : fix->edits) {
    sink.open('{');
    count_member(sink, "begin", edit.begin);
    count_member(sink, "end", edit.end);
    text_member(sink, "text", edit.text);
    sink.close();
  }
  sink.close();
  sink.close();
}

void finding_row(JsonSink& sink, const ReportFinding& finding) {
  sink.open('{');
  text_member(sink, "rule", finding.rule);
  text_member(sink, "severity", finding.severity);
  text_member(sink, "message", finding.message);
  sink.key("aliases");
  sink.open('[');
  for (const auto& alias : finding.aliases) sink.value(alias);
  sink.close();
  location(sink, finding.location);
  evidence(sink, finding.evidence);
  saving(sink, finding.saving);
  fix(sink, finding.fix);
  sink.close();
}

const char* gitlab_severity(const std::string& severity) {
  return severity == "error" ? "critical" : severity == "warning" ? "major" : severity == "info" ? "minor" : "info";
}

void rdjson_range(JsonSink& sink, const TextRegion& region) {
  sink.key("range");
  sink.open('{');
  for (const bool start : {true, false}) {
    sink.key(start ? "start" : "end");
    sink.open('{');
    byte_member(sink, "line", start ? region.line : region.end_line);
    byte_member(sink, "column", start ? region.column : region.end_column);
    sink.close();
  }
  sink.close();
}

/// One suggestion for each edit: what reviewdog offers as a change to accept.
void rdjson_suggestions(JsonSink& sink, const LintedFile& file, const ReportFinding& finding) {
  if (!finding.fix || finding.fix->edits.empty()) return;
  sink.key("suggestions");
  sink.open('[');
  for (const auto& edit : finding.fix->edits) {
    sink.open('{');
    rdjson_range(sink, region_of(file.text, edit));
    text_member(sink, "text", edit.text);
    sink.close();
  }
  sink.close();
}

void rdjson_row(JsonSink& sink, const LintedFile& file, const ReportFinding& finding) {
  sink.open('{');
  text_member(sink, "message", full_message(finding));
  sink.key("location");
  sink.open('{');
  text_member(sink, "path", file.path);
  rdjson_range(sink, region_of(finding.location));
  sink.close();
  const char* severity = finding.severity == "error" ? "ERROR" : finding.severity == "warning" ? "WARNING" : "INFO";
  text_member(sink, "severity", severity);
  sink.key("code");
  sink.open('{');
  text_member(sink, "value", finding.rule);
  sink.close();
  rdjson_suggestions(sink, file, finding);
  sink.close();
}

}  // namespace

std::string lint_json(const LintReport& report) {
  JsonSink sink(JsonSink::Layout::lines, JsonSink::Strings::text);
  sink.open('{');
  text_member(sink, "schema", "imgslim.report/1");
  sink.key("complete");
  sink.value(true);
  sink.key("tool");
  sink.open('{');
  text_member(sink, "name", "imgslim");
  text_member(sink, "version", IMGSLIM_VERSION);
  sink.close();
  sink.key("dockerfile");
  sink.open('{');
  sink.key("files");
  sink.open('[');
  for (const auto& file : report.files) sink.value(file.path);
  sink.close();
  sink.close();
  sink.key("findings");
  sink.open('[');
  for (const auto& file : report.files)
    for (const auto& finding : file.result.findings) finding_row(sink, finding);
  sink.close();
  sink.key("notes");
  sink.open('[');
  for (const auto& file : report.files)
    for (const auto& note : file.result.notes) {
      sink.open('{');
      text_member(sink, "code", note.code);
      text_member(sink, "where", note.where);
      text_member(sink, "text", note.text);
      sink.close();
    }
  sink.close();
  sink.close();
  return std::move(sink).take() + "\n";
}

std::string lint_gitlab(const LintReport& report) {
  JsonSink sink(JsonSink::Layout::lines, JsonSink::Strings::text);
  Fingerprints fingerprints;
  sink.open('[');
  for (const auto& file : report.files)
    for (const auto& finding : file.result.findings) {
      sink.open('{');
      text_member(sink, "description", full_message(finding));
      text_member(sink, "check_name", finding.rule);
      text_member(sink, "fingerprint", fingerprints.next(file, finding));
      text_member(sink, "severity", gitlab_severity(finding.severity));
      sink.key("location");
      sink.open('{');
      text_member(sink, "path", file.path);
      sink.key("lines");
      sink.open('{');
      sink.key("begin");
      sink.value(std::uint64_t{finding.location.line.value_or(1)});
      sink.close();
      sink.close();
      sink.close();
    }
  sink.close();
  return std::move(sink).take() + "\n";
}

std::string lint_rdjson(const LintReport& report) {
  JsonSink sink(JsonSink::Layout::lines, JsonSink::Strings::text);
  sink.open('{');
  sink.key("source");
  sink.open('{');
  text_member(sink, "name", "imgslim");
  sink.close();
  sink.key("diagnostics");
  sink.open('[');
  for (const auto& file : report.files)
    for (const auto& finding : file.result.findings) rdjson_row(sink, file, finding);
  sink.close();
  sink.close();
  return std::move(sink).take() + "\n";
}

}  // namespace imgslim::report
