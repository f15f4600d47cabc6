#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "rootfs/file_system.h"

namespace imgslim::runtime {

/// Who the container runs as: the config's User, "user[:group]" by name or number, as container engines read it
/// (moby/sys/user, GetExecUser): names and the primary group come from the image's /etc/passwd and /etc/group.
struct User {
  std::uint64_t uid = 0, gid = 0;
  std::string unknown_user, unknown_group;  ///< names that the image does not know: the container does not start
  bool numeric = true;                      ///< stated as a number, or not at all
};

[[nodiscard]] User resolve_user(const rootfs::FileSystem& files, std::string_view config_user);

}  // namespace imgslim::runtime
