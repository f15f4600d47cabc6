#pragma once

#include <optional>
#include <string>
#include <variant>

#include "entrypoint/command.h"

namespace imgslim::entrypoint {

/// Why a command cannot be executed; Failure without what the command is to the container.
struct Refused {
  Obstacle obstacle = Obstacle::not_found;
  std::string path, detail;
};

/// Finds the file of a command name: with "/" from the working directory, else in PATH, the first regular file with an
/// x bit (runc standard_init_linux.go: exec.LookPath; execvp(3)). Empty PATH elements are the working directory for a
/// shell and nothing for the runtime (Go refuses them).
[[nodiscard]] std::variant<std::string, Refused> search_program(const rootfs::FileSystem& files, std::string_view name,
                                                                const Command& command);

/// search_program() and execve(2): follows "#!" as the kernel does (fs/binfmt_script.c) until an ELF file is reached.
[[nodiscard]] std::variant<Program, Refused> load_program(const rootfs::FileSystem& files, const Command& command);

/// The first line of a script as the kernel takes it apart.
struct Shebang {
  std::string interpreter;
  std::optional<std::string> argument;
};
/// Nothing for a text that the kernel does not take for a script.
[[nodiscard]] std::optional<Shebang> read_shebang(std::string_view text);

}  // namespace imgslim::entrypoint
