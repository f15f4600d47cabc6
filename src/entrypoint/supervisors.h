#pragma once

#include <optional>

#include "entrypoint/command.h"

namespace imgslim::entrypoint {

/// What a supervisor starts, from its configuration in the image: supervisord (supervisord.conf with its includes), s6
/// and s6-overlay (service directories, s6-rc sources, cont-init.d, then its arguments), runit (runsvdir), systemd
/// (units that the default targets want). Nothing for other programs.
[[nodiscard]] std::optional<Next> run_supervisor(const rootfs::FileSystem& files, const Program& program,
                                                 const Level& level);

/// The programs of a supervisord.conf: sections [program:x], [fcgi-program:x], [eventlistener:x] with autostart.
[[nodiscard]] std::vector<Command> supervisord_programs(const rootfs::FileSystem& files, const Command& parent,
                                                        const std::string& path);
/// ExecStart= lines of the services that default.target, multi-user.target and the targets before them want.
[[nodiscard]] std::vector<Command> systemd_services(const rootfs::FileSystem& files, const Command& parent);

}  // namespace imgslim::entrypoint
