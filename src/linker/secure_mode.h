#pragma once

#include "linker/link_map.h"

namespace imgslim::linker {

/// Whether the kernel runs the program with AT_SECURE (security/commoncap.c, fs/exec.c): it changes the user or group
/// of the process, or has file capabilities and the user is not root.
[[nodiscard]] bool is_secure(const rootfs::Permissions& program, const Environment& environment);

/// Whether the process may read a file; supplementary groups are not known.
[[nodiscard]] bool may_read(const rootfs::Permissions& file, const Environment& environment);

}  // namespace imgslim::linker
