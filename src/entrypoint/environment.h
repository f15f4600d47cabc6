#pragma once

#include <optional>
#include <string>

#include "entrypoint/command.h"
#include "image/image_info.h"

namespace imgslim::entrypoint {

/// What the image has where its config states no PATH (Docker, containerd and podman inject the same).
inline constexpr std::string_view default_path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// An account of /etc/passwd.
struct Account {
  std::string name, uid, gid, home, shell;
};
/// By name or number; nothing when /etc/passwd does not have it.
[[nodiscard]] std::optional<Account> find_account(const rootfs::FileSystem& files, std::string_view user);
/// "postgres:postgres" -> "postgres"; "" is root.
[[nodiscard]] std::string user_of(std::string_view configured);

/// The environment of PID 1: Config.Env, of repeated names the last, entries without "=" left out; PATH and HOME when
/// it states none (runc prepareEnv).
[[nodiscard]] Variables environment_of(const rootfs::FileSystem& files, const image::ImageConfig& config);

}  // namespace imgslim::entrypoint
