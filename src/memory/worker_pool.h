#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "rootfs/file_system.h"
#include "runtime/closure.h"

namespace imgslim::memory {

/// Processes that a server forks from itself when it starts: they share its pages until one of them writes.
struct WorkerPool {
  std::string_view server;  ///< "nginx", "gunicorn --preload" …: what Coefficients::workers knows
  std::uint64_t workers = 0;
};

/// What the server's command line, environment and configuration say, else its default; at most 1,024 workers. A number
/// of processors is `processors`. Nothing for programs that fork none, or of which it is not known.
[[nodiscard]] std::optional<WorkerPool> worker_pool(const runtime::ProcessClosure& process,
                                                    const rootfs::FileSystem& files, unsigned processors);

}  // namespace imgslim::memory
