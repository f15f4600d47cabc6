#pragma once

#include "imgslim/libraries.h"
#include "imgslim/report.h"
#include "imgslim/why.h"
#include "report/json_memory_fields.h"
#include "report/json_runtime_fields.h"

/// The members of each value of a report, once, in the order of the JSON: the writer and the reader both walk this
/// list, so they cannot disagree. A visitor is called with (key, member) for each; `section(key, member)` marks what is
/// left out when empty.
namespace imgslim::report {

template <typename V, Is<Note> T>
void visit_fields(V& v, T& note) {
  v("code", note.code);
  v("where", note.where);
  v("text", note.text);
}

template <typename V, Is<ReportTool> T>
void visit_fields(V& v, T& tool) {
  v("name", tool.name);
  v("version", tool.version);
}

template <typename V, Is<ReportImage> T>
void visit_fields(V& v, T& image) {
  v("reference", image.reference);
  v("source", image.source);
  v("manifest_digest", image.manifest_digest);
  v("config_digest", image.config_digest);
  v("platform", image.platform);
  v("entrypoint", image.entrypoint);
  v("cmd", image.cmd);
  v("env", image.env);
  v("user", image.user);
  v("working_dir", image.working_dir);
  v("labels", image.labels);
}

template <typename V, Is<ReportTotals> T>
void visit_fields(V& v, T& totals) {
  v("layers", totals.layers);
  v("entries", totals.entries);
  v("directories", totals.directories);
  v("files", totals.files);
  v("compressed_bytes", totals.compressed_bytes);
  v("compressed_bytes_estimate", totals.compressed_bytes_estimate);
  v("stored_bytes", totals.stored_bytes);
  v("payload_bytes", totals.payload_bytes);
  v("tar_overhead_bytes", totals.tar_overhead_bytes);
  v("visible_bytes", totals.visible_bytes);
  v("visible_compressed_bytes", totals.visible_compressed_bytes);
  v("disk_bytes", totals.disk_bytes);
  v("wasted_bytes", totals.wasted_bytes);
  v("duplicate_bytes", totals.duplicate_bytes);
  v("attestation_bytes", totals.attestation_bytes);
  v("efficiency", totals.efficiency);
}

template <typename V, Is<BaseWaste> T>
void visit_fields(V& v, T& waste) {
  v("mine", waste.mine);
  v("hidden_base", waste.hidden_base);
  v("base", waste.base);
}

template <typename V, Is<ReportBase> T>
void visit_fields(V& v, T& base) {
  v("layers", base.layers);
  v("signal", base.signal);
  v("name", base.name);
  v("wasted_bytes", base.wasted_bytes);
  v("user_bytes", base.user_bytes);
  v("wasted_user_ratio", base.wasted_user_ratio);
}

template <typename V, Is<ReportInstruction> T>
void visit_fields(V& v, T& instruction) {
  v("text", instruction.text);
  v("kind", instruction.kind);
  v("source", instruction.source);
  v("file", instruction.file);
  v("start_line", instruction.start_line);
  v("end_line", instruction.end_line);
  v("matched", instruction.matched);
}

template <typename V, Is<ReportLayer> T>
void visit_fields(V& v, T& layer) {
  v("index", layer.index);
  v("digest", layer.digest);
  v("diff_id", layer.diff_id);
  v("media_type", layer.media_type);
  v("compression", layer.compression);
  v("compressed_bytes", layer.compressed_bytes);
  v("stored_bytes", layer.stored_bytes);
  v("payload_bytes", layer.payload_bytes);
  v("visible_bytes", layer.visible_bytes);
  v("wasted_bytes", layer.wasted_bytes);
  v("caused_waste_bytes", layer.caused_waste_bytes);
  v("entries", layer.entries);
  v("empty", layer.empty);
  v("mapped_bytes", layer.mapped_bytes);
  v("startup_rss_bytes", layer.startup_rss_bytes);
  v("digest_verified", layer.digest_verified);
  v("diff_id_verified", layer.diff_id_verified);
  v("created", layer.created);
  v("instruction", layer.instruction);
}

template <typename V, Is<ReportStep> T>
void visit_fields(V& v, T& step) {
  v("instruction", step.instruction);
  v("layer", step.layer);
}

template <typename V, Is<HistoryMatch> T>
void visit_fields(V& v, T& match) {
  v("source", match.source);
  v("matched_ratio", match.matched_ratio);
}

template <typename V, Is<ReportWaste> T>
void visit_fields(V& v, T& waste) {
  v("path", waste.path);
  v("bytes", waste.bytes);
  v("fate", waste.fate);
  v("origin_layer", waste.origin_layer);
  v("cause_layer", waste.cause_layer);
  v("attributes", waste.attributes);
}

template <typename V, Is<ReportPackage> T>
void visit_fields(V& v, T& package) {
  v("manager", package.manager);
  v("name", package.name);
  v("version", package.version);
  v("architecture", package.architecture);
  v("layer", package.layer);
  v("visible_bytes", package.visible_bytes);
  v("compressed_bytes", package.compressed_bytes);
  v("stored_bytes", package.stored_bytes);
  v("declared_bytes", package.declared_bytes);
  v("database_bytes", package.database_bytes);
  v("files", package.files);
  v("runtime", package.runtime);
}

template <typename V, Is<ReportPath> T>
void visit_fields(V& v, T& path) {
  v("path", path.path);
  v("visible_bytes", path.visible_bytes);
  v("compressed_bytes", path.compressed_bytes);
  v("files", path.files);
  v("own_visible_bytes", path.own_visible_bytes);
  v("own_compressed_bytes", path.own_compressed_bytes);
}

template <typename V, Is<ReportClass> T>
void visit_fields(V& v, T& row) {
  v("name", row.name);
  v("visible_bytes", row.visible_bytes);
  v("compressed_bytes", row.compressed_bytes);
  v("wasted_bytes", row.wasted_bytes);
  v("files", row.files);
}

template <typename V, Is<ReportDuplicate> T>
void visit_fields(V& v, T& duplicate) {
  v("bytes_each", duplicate.bytes_each);
  v("count", duplicate.count);
  v("wasted_bytes", duplicate.wasted_bytes);
  v("paths", duplicate.paths);
}

template <typename V, Is<ReportSuggestion> T>
void visit_fields(V& v, T& suggestion) {
  v("finding", suggestion.finding);
  v("saving", suggestion.saving);
  v("patched", suggestion.patched);
}

template <typename V, Is<ReportWhatIf> T>
void visit_fields(V& v, T& what_if) {
  v("name", what_if.name);
  v("description", what_if.description);
  v("payload_bytes", what_if.payload_bytes);
  v("compressed_bytes", what_if.compressed_bytes);
  v("basis", what_if.basis);
  v("layers", what_if.layers);
  v("base", what_if.base);
  v("added_rss_bytes", what_if.added_rss_bytes);
}

template <typename V, Is<ReportSuggestions> T>
void visit_fields(V& v, T& suggestions) {
  v("rows", suggestions.rows);
  v("payload_bytes_now", suggestions.payload_bytes_now);
  v("payload_bytes_then", suggestions.payload_bytes_then);
  v("compressed_bytes_now", suggestions.compressed_bytes_now);
  v("compressed_bytes_then", suggestions.compressed_bytes_then);
  v.plain("patch", suggestions.patch);
  v("what_ifs", suggestions.what_ifs);
}

template <typename V, Is<VerdictCheck> T>
void visit_fields(V& v, T& check) {
  v("name", check.name);
  v("subject", check.subject);
  v("unit", check.unit);
  v("limit", check.limit);
  v("value", check.value);
  v("baseline", check.baseline);
  v("passed", check.passed);
  v("waived", check.waived);
  v("source", check.source);
  v("message", check.message);
}

template <typename V, Is<Verdict> T>
void visit_fields(V& v, T& verdict) {
  v("passed", verdict.passed);
  v("checks", verdict.checks);
  v("message", verdict.message);
}

template <typename V, Is<ReportColdStart> T>
void visit_fields(V& v, T& start) {
  v("have", start.have);
  v("layers_present", start.layers_present);
  v("pull_bytes", start.pull_bytes);
  v("pull_is_estimate", start.pull_is_estimate);
  v("unpacked_bytes", start.unpacked_bytes);
  v("touched_bytes", start.touched_bytes);
  v("bytes_per_second", start.bytes_per_second);
  v("pull_ms", start.pull_ms);
}

template <typename V, Is<Report> T>
void visit_fields(V& v, T& report) {
  v("complete", report.complete);
  v("tool", report.tool);
  v("image", report.image);
  v("totals", report.totals);
  v("base", report.base);
  v("layers", report.layers);
  v.section("instructions", report.instructions);
  v.section("history_match", report.history_match);
  v("wasted_by_fate", report.wasted_by_fate);
  v("waste", report.waste);
  v("packages", report.packages);
  v("paths", report.paths);
  v("classes", report.classes);
  v("duplicates", report.duplicates);
  v.section("runtime", report.runtime);
  v.section("memory", report.memory);
  v.section("cold_start", report.cold_start);
  v.section("findings", report.findings);
  v.section("suggestions", report.suggestions);
  v.section("verdict", report.verdict);
  v("notes", report.notes);
  v.section("omitted", report.omitted);
}

template <typename V, Is<WhyEvent> T>
void visit_fields(V& v, T& event) {
  v("layer", event.layer);
  v("event", event.event);
  v("bytes", event.bytes);
  v("attributes", event.attributes);
  v("instruction", event.instruction);
}

template <typename V, Is<WhyFile> T>
void visit_fields(V& v, T& file) {
  v("path", file.path);
  v("visible_bytes", file.visible_bytes);
}

template <typename V, Is<WhyPath> T>
void visit_fields(V& v, T& path) {
  v("path", path.path);
  v("kind", path.kind);
  v("visible", path.visible);
  v("visible_bytes", path.visible_bytes);
  v("compressed_bytes", path.compressed_bytes);
  v("wasted_bytes", path.wasted_bytes);
  v("files", path.files);
  v("package", path.package);
  v("content_class", path.content_class);
  v("link_target", path.link_target);
  v("hard_links", path.hard_links);
  v("history", path.history);
  v("largest", path.largest);
  v("runtime", path.runtime);
  v("chain", path.chain);
}

template <typename V, Is<WhyPackage> T>
void visit_fields(V& v, T& package) {
  v("manager", package.manager);
  v("name", package.name);
  v("version", package.version);
  v("architecture", package.architecture);
  v("layer", package.layer);
  v("instruction", package.instruction);
  v("visible_bytes", package.visible_bytes);
  v("compressed_bytes", package.compressed_bytes);
  v("declared_bytes", package.declared_bytes);
  v("database_bytes", package.database_bytes);
  v("files", package.files);
  v("largest", package.largest);
  v("runtime", package.runtime);
  v("used", package.used);
}

template <typename V, Is<WhyAnswer> T>
void visit_fields(V& v, T& answer) {
  v("image", answer.image);
  v("query", answer.query);
  v("paths", answer.paths);
  v("packages", answer.packages);
  v("nearest", answer.nearest);
}

template <typename V, Is<CopyGroup> T>
void visit_fields(V& v, T& group) {
  v("package", group.package);
  v("paths", group.paths);
  v("visible_bytes", group.visible_bytes);
}

template <typename V, Is<LibrariesAnswer> T>
void visit_fields(V& v, T& answer) {
  v("image", answer.image);
  v("confidence", answer.confidence);
  v("runtime", answer.runtime);
  v("copy", answer.copy);
}

}  // namespace imgslim::report
