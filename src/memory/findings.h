#pragma once

#include <optional>
#include <vector>

#include "memory/estimate.h"
#include "memory/heap_limit.h"
#include "runtime/findings.h"

namespace imgslim::memory {

struct ProblemInput {
  const runtime::Closure& closure;
  const rootfs::FileSystem& files;
  const StartupEstimate& startup;
  std::optional<Bounds> bounds;  ///< of --limit
};

/// What of the image costs memory without need, or will not fit: SL6001 to SL6006 of the catalogue of lint rules;
/// SL6008: a heap that outgrows the memory limit; SL6009: a flag that the image's own Java machine does not know;
/// SL6010: a runtime that does not see limits of cgroup v2; SL6011: Python modules that are compiled anew by every
/// container; SL6012: threads on musl's allocator. SL6007, lost sharing, is module analysis'. In the order of rule,
/// then path.
[[nodiscard]] std::vector<runtime::Finding> find_memory_problems(const ProblemInput& input);

/// Whether a memory limit lets the container start.
enum class Verdict : std::uint8_t { starts, may_not_start, does_not_start };
[[nodiscard]] Verdict judge_limit(const StartupEstimate& startup, std::uint64_t limit_bytes);

/// Whether a runtime's heap may grow so far that the container is killed: with what the process has outside of it, it
/// exceeds the limit.
[[nodiscard]] bool outgrows(const HeapLimit& heap, const ProcessMemory& process, const Bounds& bounds);

}  // namespace imgslim::memory
