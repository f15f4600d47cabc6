#pragma once

#include <concepts>
#include <type_traits>

#include "imgslim/finding.h"
#include "imgslim/runtime.h"

/// The members of the run-time part of a report; see json_fields.h.
namespace imgslim::report {

template <typename T, typename Value>
concept Is = std::same_as<std::remove_const_t<T>, Value>;

template <typename V, Is<RuntimeStep> T>
void visit_fields(V& v, T& step) {
  v("path", step.path);
  v("via", step.via);
}

template <typename V, Is<RuntimeProcess> T>
void visit_fields(V& v, T& process) {
  v("role", process.role);
  v("confidence", process.confidence);
  v("argv", process.argv);
  v("program", process.program);
  v("scripts", process.scripts);
  v("applet", process.applet);
  v("chain", process.chain);
  v("runtime", process.runtime);
  v("coverage", process.coverage);
  v("openers", process.openers);
  v("objects", process.objects);
  v("visible_bytes", process.visible_bytes);
}

template <typename V, Is<RuntimeFile> T>
void visit_fields(V& v, T& file) {
  v("path", file.path);
  v("use", file.use);
  v("soname", file.soname);
  v("confidence", file.confidence);
  v("via", file.via);
  v("needed_by", file.needed_by);
  v("requested", file.requested);
  v("detail", file.detail);
  v("assumed", file.assumed);
  v("processes", file.processes);
  v("layer", file.layer);
  v("package", file.package);
  v("visible_bytes", file.visible_bytes);
}

template <typename V, Is<RuntimeMissing> T>
void visit_fields(V& v, T& missing) {
  v("name", missing.name);
  v("needed_by", missing.needed_by);
  v("via", missing.via);
  v("confidence", missing.confidence);
  v("tried", missing.tried);
  v("refused", missing.refused);
  v("optional", missing.optional);
}

template <typename V, Is<RuntimeFailure> T>
void visit_fields(V& v, T& failure) {
  v("role", failure.role);
  v("obstacle", failure.obstacle);
  v("command", failure.command);
  v("path", failure.path);
  v("detail", failure.detail);
}

template <typename V, Is<RuntimeSum> T>
void visit_fields(V& v, T& sum) {
  v("shared_objects", sum.shared_objects);
  v("bytes", sum.bytes);
}

template <typename V, Is<RuntimeTrace> T>
void visit_fields(V& v, T& trace) {
  v("sources", trace.sources);
  v("covers", trace.covers);
  v("paths", trace.paths);
  v("missing_paths", trace.missing_paths);
  v("files", trace.files);
  v("visible_bytes", trace.visible_bytes);
  v("added_files", trace.added_files);
  v("added_bytes", trace.added_bytes);
}

template <typename V, Is<ReportRuntime> T>
void visit_fields(V& v, T& runtime) {
  v("command", runtime.command);
  v("no_command", runtime.no_command);
  v("entrypoint", runtime.entrypoint);
  v("processes", runtime.processes);
  v("objects", runtime.objects);
  v("files", runtime.files);
  v("missing", runtime.missing);
  v("failures", runtime.failures);
  v("all", runtime.all);
  v("loaded", runtime.loaded);
  v("possible", runtime.possible);
  v("unreached", runtime.unreached);
  v("coverage", runtime.coverage);
  v.section("trace", runtime.trace);
}

template <typename V, Is<FindingLocation> T>
void visit_fields(V& v, T& location) {
  v("file", location.file);
  v("line", location.line);
  v("column", location.column);
  v("end_line", location.end_line);
  v("end_column", location.end_column);
  v("layer", location.layer);
  v("path", location.path);
}

template <typename V, Is<FindingEvidence> T>
void visit_fields(V& v, T& evidence) {
  v("path", evidence.path);
  v("bytes", evidence.bytes);
}

template <typename V, Is<FindingSaving> T>
void visit_fields(V& v, T& saving) {
  v("bytes", saving.bytes);
  v("compressed_bytes", saving.compressed_bytes);
  v("rss_bytes", saving.rss_bytes);
  v("added_rss_bytes", saving.added_rss_bytes);
  v("basis", saving.basis);
}

template <typename V, Is<FindingEdit> T>
void visit_fields(V& v, T& edit) {
  v("begin", edit.begin);
  v("end", edit.end);
  v("text", edit.text);
}

template <typename V, Is<FindingFix> T>
void visit_fields(V& v, T& fix) {
  v("description", fix.description);
  v.plain("patch", fix.patch);
  v("edits", fix.edits);
}

template <typename V, Is<ReportFinding> T>
void visit_fields(V& v, T& finding) {
  v("rule", finding.rule);
  v("severity", finding.severity);
  v("message", finding.message);
  v("aliases", finding.aliases);
  v("location", finding.location);
  v("evidence", finding.evidence);
  v.section("saving", finding.saving);
  v.section("fix", finding.fix);
}

}  // namespace imgslim::report
