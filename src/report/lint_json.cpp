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
  sink.null();
  sink.close();
}

void fix(JsonSink& sink, const std::optional<FindingFix>& fix) {
  sink.key("fix");
  if (!fix) return sink.null();
  sink.open('{');
  text_member(sink, "description", fix->description);
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
  sink.key("evidence");
  sink.open('[');
  sink.close();
  fix(sink, finding.fix);
  sink.close();
}

const char* gitlab_severity(const std::string& severity) {
  return severity == "error" ? "critical" : severity == "warning" ? "major" : severity == "info" ? "minor" : "info";
}

void rdjson_range(JsonSink& sink, const FindingLocation& at) {
  sink.key("range");
  sink.open('{');
  for (const bool start : {true, false}) {
    sink.key(start ? "start" : "end");
    sink.open('{');
    count_member(sink, "line", start ? at.line : at.end_line);
    sink.key("column");
    sink.value(std::uint64_t{start ? at.column.value_or(1) : at.end_column.value_or(1) + 1});
    sink.close();
  }
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
      text_member(sink, "description", finding.message);
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
    for (const auto& finding : file.result.findings) {
      sink.open('{');
      text_member(sink, "message", finding.message);
      sink.key("location");
      sink.open('{');
      text_member(sink, "path", file.path);
      rdjson_range(sink, finding.location);
      sink.close();
      text_member(sink, "severity",
                  finding.severity == "error"     ? "ERROR"
                  : finding.severity == "warning" ? "WARNING"
                                                  : "INFO");
      sink.key("code");
      sink.open('{');
      text_member(sink, "value", finding.rule);
      sink.close();
      sink.close();
    }
  sink.close();
  sink.close();
  return std::move(sink).take() + "\n";
}

}  // namespace imgslim::report
