#pragma once

#include <optional>

#include "entrypoint/command.h"

/// Programs whose arguments are another command line: init programs, those that change the user, limits or environment.
namespace imgslim::entrypoint {

/// The command that `level` of `parent` executes, or nothing when it is no wrapper or its arguments hold no command.
[[nodiscard]] std::optional<Command> peel_wrapper(const rootfs::FileSystem& files, const Command& parent,
                                                  const Level& level);

/// env(1) of coreutils 9 and busybox.
[[nodiscard]] std::optional<Command> peel_env(const Command& parent, const Level& level);
/// Splits the argument of `env -S` (coreutils src/env.c, build_argv): quotes, backslash escapes, ${VARIABLE}, comments.
[[nodiscard]] std::vector<std::string> split_env_string(std::string_view text, const Variables& environment);

/// su(1) and runuser(1) of util-linux and busybox: a login shell that gets -c, or with -u the command itself.
[[nodiscard]] std::optional<Command> peel_su(const rootfs::FileSystem& files, const Command& parent,
                                             const Level& level);

/// erlexec, to which the scripts erl, elixir and those of releases lead: it becomes the emulator in $BINDIR
/// (erts/etc/common/erlexec.c).
[[nodiscard]] std::optional<Command> peel_erlexec(const Command& parent, const Level& level);

/// Rscript and R, which become R_HOME/bin/exec/R (R Installation and Administration; Rscript.c, the script bin/R).
[[nodiscard]] std::optional<Command> peel_r(const rootfs::FileSystem& files, const Command& parent, const Level& level);

/// The dynamic linker called as a program: "ld.so [options] PROGRAM arguments" (glibc elf/rtld.c, musl ldso/dynlink.c).
/// The program is mapped into the same process image.
[[nodiscard]] std::optional<Command> peel_dynamic_linker(const Command& parent, const Level& level);

}  // namespace imgslim::entrypoint
