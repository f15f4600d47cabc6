#pragma once

#include "memory/worker_pool.h"

namespace imgslim::memory {

/// The workers of a server that is a script or a module of an interpreter: gunicorn, uvicorn, hypercorn, celery, puma,
/// unicorn, starman. The command line counts before the configuration, and that before the environment.
[[nodiscard]] std::optional<WorkerPool> script_workers(const runtime::ProcessClosure& process,
                                                       const rootfs::FileSystem& files, unsigned processors);

}  // namespace imgslim::memory
