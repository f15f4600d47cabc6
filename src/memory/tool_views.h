#pragma once

#include <string>
#include <vector>

#include "memory/estimate.h"

namespace imgslim::memory {

/// What a tool shows of a container that has started, by the tool's own arithmetic on its cgroup.
struct ToolView {
  std::string tool, meaning;
  std::uint64_t first_replica = 0;  ///< nothing of the image was in the page cache
  std::uint64_t next_replica = 0;   ///< all of it was, charged to other containers
};

/// The arithmetic of docker/cli (calculateMemUsageUnixNoCache), podman (raw usage), cAdvisor
/// (lib/container/libcontainer/handler.go) and kubectl top, which shows cAdvisor's working set.
[[nodiscard]] std::vector<ToolView> tool_views(const StartupEstimate& startup);

}  // namespace imgslim::memory
