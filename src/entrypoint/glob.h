#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "rootfs/file_system.h"

namespace imgslim::entrypoint {

/// Paths that match a pattern, sorted, as a shell expands it from `directory`: a component with a pattern is compared
/// with the names of its directory, names that begin with "." only when the pattern does. Bounded in directories and
/// results.
[[nodiscard]] std::vector<std::string> expand_glob(const rootfs::FileSystem& files, std::string_view directory,
                                                   std::string_view pattern);

}  // namespace imgslim::entrypoint
