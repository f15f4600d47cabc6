#pragma once

#include <optional>
#include <string>
#include <vector>

#include "entrypoint/process.h"
#include "image/image_info.h"

namespace imgslim::entrypoint {

/// What the user says about the command.
struct Override {
  std::optional<std::vector<std::string>> command;  ///< replaces CMD as arguments of `docker run IMAGE …` do
};

/// Follows ENTRYPOINT and CMD (and HEALTHCHECK) through PATH, symlinks, "#!", wrappers, supervisors and shell scripts
/// to the programs. Nothing is executed. Bounded in steps, whatever the scripts say.
[[nodiscard]] Plan plan_processes(const rootfs::FileSystem& files, const image::ImageConfig& config,
                                  const Override& command_override);

/// Splits a command line of the user (`--cmd`) as a POSIX shell splits words: quotes and backslashes, no expansions.
[[nodiscard]] Result<std::vector<std::string>> split_command(std::string_view text);

}  // namespace imgslim::entrypoint
