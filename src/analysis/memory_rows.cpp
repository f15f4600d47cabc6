#include "analysis/memory_rows.h"

#include <algorithm>
#include <map>

#include "analysis/runtime_rows.h"
#include "analysis/sharing_loss.h"
#include "memory/findings.h"
#include "memory/tool_views.h"

namespace imgslim::analysis {
namespace {

using memory::ObjectMemory;
using memory::StartupEstimate;

constexpr const char* no_package_name = "[no package]";

MemoryRange to_range(const memory::ByteRange& range) { return {range.low, range.estimate, range.high}; }

std::string_view kind_name(memory::ObjectKind kind) {
  constexpr std::string_view names[] = {"program", "go_program", "c_library", "library"};
  return names[static_cast<std::size_t>(kind)];
}

std::string_view kind_name(memory::ProcessKind kind) {
  constexpr std::string_view names[] = {"tool", "server", "managed", "managed_other_version"};
  return names[static_cast<std::size_t>(kind)];
}

MemoryObject object_row(const Analysis& analysis, const ObjectMemory& object) {
  const auto used = used_file_row(analysis, object.use);
  MemoryObject row;
  row.path = used.path;
  row.kind = kind_name(object.kind);
  row.indirect = object.indirect;
  row.layer = used.layer;
  row.package = used.package;
  row.processes = object.processes;
  row.rss_bytes = to_range(object.resident);
  row.certain_bytes = object.certain_bytes;
  row.private_bytes = object.private_bytes;
  row.private_dirty_bytes = object.dirty_bytes;
  for (const auto& part : object.parts)
    row.parts.push_back({std::string(memory::part_name(part.part)), part.mapped_bytes, part.floor_bytes,
                         part.dirty_bytes, part.resident_bytes, part.private_bytes});
  return row;
}

MemoryProcess process_row(const Analysis& analysis, const memory::ProcessMemory& process) {
  const auto& closure = analysis.closure.processes[process.process];
  const auto& path = closure.process.program.path;
  MemoryProcess row;
  row.process = process.process;
  row.program = path.substr(path.starts_with('/') ? 1 : 0);
  row.runtime = closure.runtime;
  if (!process.profile.empty()) row.profile = process.profile;
  row.kind = kind_name(process.kind);
  row.rss_bytes = to_range(process.resident);
  row.anonymous_bytes = process.anonymous_bytes;
  row.file_shareable_bytes = process.file_shareable_bytes;
  row.file_private_bytes = process.file_private_bytes;
  row.certain_bytes = process.certain_bytes;
  row.heap_bytes = process.heap_bytes;
  row.code_bytes = process.code_bytes;
  row.application_code_bytes = process.application_code_bytes;
  row.bytecode_bytes = process.bytecode_bytes;
  row.buffer_bytes = process.buffer_bytes;
  row.workers = process.workers;
  row.worker_pool = process.worker_pool;
  row.worker_bytes = process.worker_bytes;
  return row;
}

std::vector<MemoryLayer> layer_rows(const std::vector<MemoryObject>& objects) {
  std::map<std::uint32_t, MemoryLayer> sums;
  for (const auto& object : objects) {
    auto& sum = sums[object.layer];
    sum.layer = object.layer;
    sum.rss_bytes += object.rss_bytes.estimate;
    sum.private_bytes += object.private_bytes;
  }
  std::vector<MemoryLayer> rows;
  for (const auto& [layer, sum] : sums) rows.push_back(sum);
  return rows;
}

std::vector<MemoryPackage> package_rows(const std::vector<MemoryObject>& objects) {
  std::map<std::string, MemoryPackage> sums;
  for (const auto& object : objects) {
    auto& sum = sums[object.package.value_or(no_package_name)];
    sum.rss_bytes += object.rss_bytes.estimate;
    sum.private_bytes += object.private_bytes;
  }
  std::vector<MemoryPackage> rows;
  for (auto& [name, sum] : sums) {
    rows.push_back(sum);
    rows.back().name = name;
  }
  std::stable_sort(rows.begin(), rows.end(),
                   [](const MemoryPackage& a, const MemoryPackage& b) { return a.rss_bytes > b.rss_bytes; });
  return rows;
}

std::vector<std::string> assumptions(const Analysis& analysis, const StartupEstimate& startup) {
  std::vector<std::string> texts = {
      "Linux 6 on x86-64, pages of 4 KiB, fault-around of 64 KiB, transparent huge pages only on request (madvise)",
      "idle after start, before the first request: no load, no user data",
      "one process of each program, and the workers of servers whose number is known"};
  for (const auto& process : startup.processes)
    if (process.profile.empty())
      texts.push_back("the heap of " + analysis.closure.processes[process.process].process.program.path +
                      " was never measured: a lower bound");
  if (std::any_of(startup.processes.begin(), startup.processes.end(), [](const memory::ProcessMemory& process) {
        return process.kind == memory::ProcessKind::managed_other_version;
      }))
    texts.emplace_back("a runtime's heap is that of another version of it");
  return texts;
}

MemoryStartup startup_section(const Analysis& analysis) {
  const auto& startup = *analysis.startup;
  MemoryStartup section;
  section.rss_bytes = to_range(startup.resident);
  section.anonymous_bytes = startup.anonymous_bytes;
  section.file_shareable_bytes = startup.file_shareable_bytes;
  section.file_private_bytes = startup.file_private_bytes;
  section.certain_bytes = startup.certain_bytes;
  section.heap_bytes = startup.heap_bytes;
  section.kernel_bytes = startup.kernel_bytes;
  section.floor_bytes = {startup.start_limit.low, startup.start_limit.high};
  for (const auto& process : startup.processes) section.processes.push_back(process_row(analysis, process));
  for (const auto& object : startup.objects) section.objects.push_back(object_row(analysis, object));
  std::stable_sort(section.objects.begin(), section.objects.end(), [](const MemoryObject& a, const MemoryObject& b) {
    return a.rss_bytes.estimate > b.rss_bytes.estimate;
  });
  section.layers = layer_rows(section.objects);
  section.packages = package_rows(section.objects);
  section.model = "loader simulation, measured shares and runtime profiles (" + startup.origin + ")";
  section.assumptions = assumptions(analysis, startup);
  return section;
}

std::string_view verdict_name(memory::Verdict verdict) {
  constexpr std::string_view names[] = {"starts", "may_not_start", "does_not_start"};
  return names[static_cast<std::size_t>(verdict)];
}

MemoryLimitCheck limit_section(const Analysis& analysis, const memory::Bounds& bounds) {
  const auto& startup = *analysis.startup;
  MemoryLimitCheck check;
  check.limit_bytes = bounds.limit_bytes;
  check.verdict = verdict_name(memory::judge_limit(startup, bounds.limit_bytes));
  check.headroom_bytes = bounds.limit_bytes - std::min(bounds.limit_bytes, startup.start_limit.estimate);
  for (const auto& process : startup.processes) {
    const auto& closure = analysis.closure.processes[process.process];
    const auto heap = memory::heap_limit(closure, analysis.files, bounds);
    if (!heap) continue;
    const auto& path = closure.process.program.path;
    check.heaps.push_back({path.substr(path.starts_with('/') ? 1 : 0), closure.runtime, heap->heap_bytes,
                           heap->collector, heap->reason, memory::outgrows(*heap, process, bounds)});
  }
  return check;
}

}  // namespace

std::optional<ReportMemory> memory_section(const Analysis& analysis) {
  if (!analysis.startup) return std::nullopt;
  ReportMemory section;
  section.startup = startup_section(analysis);
  section.sharing = sharing_loss(analysis);
  if (analysis.memory_bounds) section.limit = limit_section(analysis, *analysis.memory_bounds);
  for (const auto& view : memory::tool_views(*analysis.startup))
    section.tools.push_back({view.tool, view.meaning, view.first_replica, view.next_replica});
  return section;
}

std::vector<std::uint64_t> startup_bytes(const Analysis& analysis) {
  std::vector<std::uint64_t> bytes(analysis.tree.layer_count(), 0);
  if (!analysis.startup) return bytes;
  for (const auto& object : analysis.startup->objects)
    bytes[analysis.tree.layer_of(analysis.closure.files[object.use].file)] += object.resident.estimate;
  return bytes;
}

}  // namespace imgslim::analysis
