#pragma once

#include <optional>

#include "entrypoint/command.h"

namespace imgslim::entrypoint {

/// What `npm start`, `npm run NAME`, `yarn NAME`, `pnpm …` and `npx PROGRAM` execute: the script of package.json in the
/// working directory, by `sh -c`, with node_modules/.bin of the directory and those above in PATH (npm-run-script).
[[nodiscard]] std::optional<Command> run_package_script(const rootfs::FileSystem& files, const Command& parent,
                                                        const Level& level);

}  // namespace imgslim::entrypoint
