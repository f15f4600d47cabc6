#pragma once

#include <cstdint>

#include "rootfs/file_system.h"
#include "runtime/closure.h"

namespace imgslim::memory {

/// Memory that a program of a language runtime is told to fill when it starts, besides what its code takes: the heap of
/// a Java machine with AlwaysPreTouch, as far as it is given by -Xms; Kafka's buffer for cleaning its log.
[[nodiscard]] std::uint64_t start_buffer_bytes(const runtime::ProcessClosure& process, const rootfs::FileSystem& files);

}  // namespace imgslim::memory
