#pragma once

#include "imgslim/diff.h"
#include "report/json_fields.h"

/// The members of a comparison; see json_fields.h.
namespace imgslim::report {

template <typename V, Is<DiffNumber> T>
void visit_fields(V& v, T& number) {
  v("before", number.before);
  v("after", number.after);
}

template <typename V, Is<DiffSide> T>
void visit_fields(V& v, T& side) {
  v("reference", side.reference);
  v("source", side.source);
  v("platform", side.platform);
  v("digest", side.digest);
  v("complete", side.complete);
  v("tool_version", side.tool_version);
}

template <typename V, Is<DiffTotals> T>
void visit_fields(V& v, T& totals) {
  v("payload_bytes", totals.payload_bytes);
  v("compressed_bytes", totals.compressed_bytes);
  v("compressed_estimated", totals.compressed_estimated);
  v("visible_bytes", totals.visible_bytes);
  v("wasted_bytes", totals.wasted_bytes);
  v("duplicate_bytes", totals.duplicate_bytes);
  v("stored_bytes", totals.stored_bytes);
  v("layers", totals.layers);
  v("files", totals.files);
}

template <typename V, Is<DiffLayer> T>
void visit_fields(V& v, T& layer) {
  v("change", layer.change);
  v("index_before", layer.index_before);
  v("index_after", layer.index_after);
  v("diff_id", layer.diff_id);
  v("instruction", layer.instruction);
  v("text_before", layer.text_before);
  v("payload_bytes", layer.payload_bytes);
  v("compressed_bytes", layer.compressed_bytes);
  v("wasted_bytes", layer.wasted_bytes);
  v("caused_waste_bytes", layer.caused_waste_bytes);
}

template <typename V, Is<DiffInstruction> T>
void visit_fields(V& v, T& row) {
  v("change", row.change);
  v("instruction", row.instruction);
  v("text_before", row.text_before);
  v("payload_bytes", row.payload_bytes);
}

template <typename V, Is<DiffPackage> T>
void visit_fields(V& v, T& row) {
  v("change", row.change);
  v("manager", row.manager);
  v("name", row.name);
  v("architecture", row.architecture);
  v("version_before", row.version_before);
  v("version_after", row.version_after);
  v("layer_before", row.layer_before);
  v("layer_after", row.layer_after);
  v("visible_bytes", row.visible_bytes);
  v("compressed_bytes", row.compressed_bytes);
  v("files", row.files);
}

template <typename V, Is<DiffPath> T>
void visit_fields(V& v, T& row) {
  v("change", row.change);
  v("path", row.path);
  v("path_before", row.path_before);
  v("visible_bytes", row.visible_bytes);
}

template <typename V, Is<DiffClass> T>
void visit_fields(V& v, T& row) {
  v("name", row.name);
  v("visible_bytes", row.visible_bytes);
  v("wasted_bytes", row.wasted_bytes);
}

template <typename V, Is<DiffWaste> T>
void visit_fields(V& v, T& row) {
  v("fate", row.fate);
  v("cause", row.cause);
  v("bytes", row.bytes);
}

template <typename V, Is<DiffMemoryObject> T>
void visit_fields(V& v, T& row) {
  v("path", row.path);
  v("rss_bytes", row.rss_bytes);
}

template <typename V, Is<DiffMemory> T>
void visit_fields(V& v, T& memory) {
  v("rss_bytes", memory.rss_bytes);
  v("anonymous_bytes", memory.anonymous_bytes);
  v("file_shareable_bytes", memory.file_shareable_bytes);
  v("file_private_bytes", memory.file_private_bytes);
  v("sharing_lost_bytes", memory.sharing_lost_bytes);
  v("objects", memory.objects);
}

template <typename V, Is<Comparison> T>
void visit_fields(V& v, T& comparison) {
  v("base", comparison.base);
  v("head", comparison.head);
  v("totals", comparison.totals);
  v("layers", comparison.layers);
  v("instructions", comparison.instructions);
  v("packages", comparison.packages);
  v("paths", comparison.paths);
  v("classes", comparison.classes);
  v("waste", comparison.waste);
  v.section("memory", comparison.memory);
  v.section("findings_added", comparison.findings_added);
  v.section("findings_removed", comparison.findings_removed);
  v("notes", comparison.notes);
}

}  // namespace imgslim::report
