#pragma once

#include <optional>

#include "entrypoint/command.h"

namespace imgslim::entrypoint {

/// What a shell executes: its last level is sh, bash, ash … with arguments. Nothing when it is no shell, or reads its
/// commands from a terminal. At most `most_steps` commands of the script are run.
[[nodiscard]] std::optional<Next> run_shell(const rootfs::FileSystem& files, const Program& program,
                                            std::size_t most_steps);

}  // namespace imgslim::entrypoint
