#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "memory/jvm_options.h"
#include "rootfs/file_system.h"
#include "runtime/closure.h"

/// How large a language runtime lets its heap grow in a container of a given memory limit.
namespace imgslim::memory {

/// The container as the runtime sees it.
struct Bounds {
  std::uint64_t limit_bytes = 0;
  unsigned processors = 2;
};

struct HeapLimit {
  std::uint64_t heap_bytes = 0;
  std::string collector;  ///< "" when the runtime has no choice
  std::string reason;     ///< which rule or option: "25 % of the limit", "-Xmx512m"
};

/// HotSpot's heap (arguments.cpp, set_heap_size): MinRAMPercentage of the limit while that is below 124.8 MiB, then
/// that much, then MaxRAMPercentage of it; whole pieces of 2 MiB.
[[nodiscard]] HeapLimit jvm_heap_limit(const JvmMemoryOptions& options, const Bounds& bounds);

/// V8's as Node 20 sets it up (v8/src/heap/heap.cc): half the limit, at least 256 MiB, at most 2 GiB, or 4 GiB where
/// the limit is 15 GiB and more; and three semi-spaces.
[[nodiscard]] HeapLimit node_heap_limit(const entrypoint::Process& process, const Bounds& bounds);

/// .NET's hard limit (dotnet/docs, garbage-collector/configuration): 75 % of the limit, at least 20 MiB, or what
/// variables or the text of APP.runtimeconfig.json say.
[[nodiscard]] HeapLimit dotnet_heap_limit(const entrypoint::Process& process, std::string_view runtime_config,
                                          const Bounds& bounds);

/// Nothing for runtimes that set no limit of their own, and for native programs.
[[nodiscard]] std::optional<HeapLimit> heap_limit(const runtime::ProcessClosure& process,
                                                  const rootfs::FileSystem& files, const Bounds& bounds);

}  // namespace imgslim::memory
