// A page of a file is charged to the cgroup that brought it into the page cache; containers that map it later are
// charged nothing (cgroup-v2.rst, "Memory Ownership"). So a first replica's usage has what was read of the image,
// read-ahead too, and a next one's has not. New page cache is on the inactive list, which docker and cAdvisor subtract.
#include "memory/tool_views.h"

namespace imgslim::memory {

std::vector<ToolView> tool_views(const StartupEstimate& startup) {
  const auto own = startup.anonymous_bytes + startup.file_private_bytes;
  const auto charged = own + startup.kernel_bytes;
  const auto cache = startup.cold_cache_bytes, active = startup.cold_active_bytes;
  const std::string without_inactive = "usage less inactive page cache: own memory, kernel memory, active page cache";
  const std::string all = "own memory, kernel memory, and page cache that this container brought in";
  return {{"docker stats", without_inactive, charged + active, charged},
          {"podman stats", all, charged + cache, charged},
          {"kubectl top", without_inactive, charged + active, charged},
          {"container_memory_working_set_bytes", without_inactive, charged + active, charged},
          {"container_memory_usage_bytes", all, charged + cache, charged},
          {"container_memory_rss", "anonymous memory of all processes, not their RSS", own, own}};
}

}  // namespace imgslim::memory
