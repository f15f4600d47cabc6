#include "linker/secure_mode.h"

namespace imgslim::linker {
namespace {

constexpr std::uint32_t set_user_id = 04000, set_group_id = 02000, group_may_execute = 010;

}  // namespace

bool is_secure(const rootfs::Permissions& program, const Environment& environment) {
  if ((program.mode & set_user_id) != 0 && program.uid != environment.uid) return true;
  constexpr auto set_group = set_group_id | group_may_execute;
  if ((program.mode & set_group) == set_group && program.gid != environment.gid) return true;
  return program.file_capabilities && environment.uid != 0;
}

bool may_read(const rootfs::Permissions& file, const Environment& environment) {
  if (environment.uid == 0) return true;
  if (file.uid == environment.uid) return (file.mode & 0400) != 0;
  if (file.gid == environment.gid) return (file.mode & 0040) != 0;
  return (file.mode & 0004) != 0;
}

}  // namespace imgslim::linker
