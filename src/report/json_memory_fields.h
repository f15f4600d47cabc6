#pragma once

#include "imgslim/memory.h"
#include "report/json_runtime_fields.h"

/// The members of the memory part of a report; see json_fields.h.
namespace imgslim::report {

template <typename V, Is<MemoryRange> T>
void visit_fields(V& v, T& range) {
  v("low", range.low);
  v("estimate", range.estimate);
  v("high", range.high);
}

template <typename V, Is<MemoryPart> T>
void visit_fields(V& v, T& part) {
  v("part", part.part);
  v("mapped_bytes", part.mapped_bytes);
  v("floor_bytes", part.floor_bytes);
  v("dirty_bytes", part.dirty_bytes);
  v("rss_bytes", part.rss_bytes);
  v("private_bytes", part.private_bytes);
}

template <typename V, Is<MemoryObject> T>
void visit_fields(V& v, T& object) {
  v("path", object.path);
  v("kind", object.kind);
  v("indirect", object.indirect);
  v("layer", object.layer);
  v("package", object.package);
  v("processes", object.processes);
  v("rss_bytes", object.rss_bytes);
  v("certain_bytes", object.certain_bytes);
  v("private_bytes", object.private_bytes);
  v("private_dirty_bytes", object.private_dirty_bytes);
  v("parts", object.parts);
}

template <typename V, Is<MemoryProcess> T>
void visit_fields(V& v, T& process) {
  v("process", process.process);
  v("program", process.program);
  v("runtime", process.runtime);
  v("profile", process.profile);
  v("kind", process.kind);
  v("rss_bytes", process.rss_bytes);
  v("anonymous_bytes", process.anonymous_bytes);
  v("file_shareable_bytes", process.file_shareable_bytes);
  v("file_private_bytes", process.file_private_bytes);
  v("certain_bytes", process.certain_bytes);
  v("heap_bytes", process.heap_bytes);
  v("code_bytes", process.code_bytes);
  v("application_code_bytes", process.application_code_bytes);
  v("bytecode_bytes", process.bytecode_bytes);
  v("buffer_bytes", process.buffer_bytes);
  v("workers", process.workers);
  v("worker_pool", process.worker_pool);
  v("worker_bytes", process.worker_bytes);
}

template <typename V, Is<MemoryLayer> T>
void visit_fields(V& v, T& row) {
  v("layer", row.layer);
  v("rss_bytes", row.rss_bytes);
  v("private_bytes", row.private_bytes);
}

template <typename V, Is<MemoryPackage> T>
void visit_fields(V& v, T& row) {
  v("name", row.name);
  v("rss_bytes", row.rss_bytes);
  v("private_bytes", row.private_bytes);
}

template <typename V, Is<MemoryFloor> T>
void visit_fields(V& v, T& floor) {
  v("low", floor.low);
  v("high", floor.high);
}

template <typename V, Is<MemoryStartup> T>
void visit_fields(V& v, T& startup) {
  v("rss_bytes", startup.rss_bytes);
  v("anonymous_bytes", startup.anonymous_bytes);
  v("file_shareable_bytes", startup.file_shareable_bytes);
  v("file_private_bytes", startup.file_private_bytes);
  v("certain_bytes", startup.certain_bytes);
  v("heap_bytes", startup.heap_bytes);
  v("kernel_bytes", startup.kernel_bytes);
  v("floor_bytes", startup.floor_bytes);
  v("processes", startup.processes);
  v("objects", startup.objects);
  v("layers", startup.layers);
  v("packages", startup.packages);
  v("model", startup.model);
  v("assumptions", startup.assumptions);
}

template <typename V, Is<SharingLoss> T>
void visit_fields(V& v, T& loss) {
  v("layer", loss.layer);
  v("instruction", loss.instruction);
  v("files", loss.files);
  v("lost_bytes", loss.lost_bytes);
  v("copied_bytes", loss.copied_bytes);
}

template <typename V, Is<MemorySharing> T>
void visit_fields(V& v, T& sharing) {
  v("lost_bytes", sharing.lost_bytes);
  v("layers", sharing.layers);
}

template <typename V, Is<MemoryView> T>
void visit_fields(V& v, T& view) {
  v("tool", view.tool);
  v("meaning", view.meaning);
  v("first_replica", view.first_replica);
  v("next_replica", view.next_replica);
}

template <typename V, Is<MemoryHeapLimit> T>
void visit_fields(V& v, T& heap) {
  v("program", heap.program);
  v("runtime", heap.runtime);
  v("heap_bytes", heap.heap_bytes);
  v("collector", heap.collector);
  v("reason", heap.reason);
  v("over_limit", heap.over_limit);
}

template <typename V, Is<MemoryLimitCheck> T>
void visit_fields(V& v, T& check) {
  v("limit_bytes", check.limit_bytes);
  v("verdict", check.verdict);
  v("headroom_bytes", check.headroom_bytes);
  v("heaps", check.heaps);
}

template <typename V, Is<ReportMemory> T>
void visit_fields(V& v, T& memory) {
  v("startup", memory.startup);
  v("sharing", memory.sharing);
  v("tools", memory.tools);
  v.section("limit", memory.limit);
}

template <typename V, Is<MemoryAnswer> T>
void visit_fields(V& v, T& answer) {
  v("image", answer.image);
  v.section("memory", answer.memory);
  v("findings", answer.findings);
}

}  // namespace imgslim::report
