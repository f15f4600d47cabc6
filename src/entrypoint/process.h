#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/tier.h"
#include "imgslim/note.h"
#include "rootfs/file_system.h"

/// From the image's config to the programs that are executed.
namespace imgslim::entrypoint {

/// One step from the command line to the program: "ENTRYPOINT", "PATH", "shebang", "exec wrapper tini", "script exec" …
struct Step {
  std::string how;
  std::string path;  ///< what was reached, absolute; "" when nothing was
};

/// What a process is to the container.
enum class Role : std::uint8_t {
  main,         ///< becomes PID 1's image, or the one that it exec()s in the end
  helper,       ///< runs beside or before it: other commands of scripts, exec'd helpers
  service,      ///< started by a supervisor
  healthcheck,  ///< HEALTHCHECK
};

/// A program image: one execve(2) that succeeds.
struct Process {
  Role role = Role::main;
  Tier tier = Tier::certain;
  std::vector<std::string>
      argv;  ///< as `program` gets it: of a script, its interpreter's ({"/bin/sh", "/run.sh", "-x"})
  std::vector<std::string> environment;  ///< "NAME=value", each name once, sorted
  std::string working_directory = "/";
  std::string user;                    ///< who it runs as, a name or number of the image's /etc/passwd; "" for root
  rootfs::Found program;               ///< the ELF file
  std::string invoked;                 ///< its path as given to execve(2): symlinks unresolved
  std::vector<rootfs::Found> scripts;  ///< interpreted by it, outermost first; may be empty
  std::string applet;                  ///< of a multi-call program (busybox): which; "" else
  std::vector<Step> chain;             ///< how it came to be
};

/// Why a command of the image cannot be executed.
enum class Obstacle : std::uint8_t {
  not_found,         ///< nothing of that name in PATH, or no file there
  not_executable,    ///< no x bit
  not_a_program,     ///< neither ELF nor a script with "#!"
  no_interpreter,    ///< the "#!" names a missing file
  carriage_return,   ///< the "#!" line ends in CR
  interpreter_loop,  ///< scripts that interpret each other
  no_shell,          ///< shell form without the shell in the image
};

/// A command that will fail.
struct Failure {
  Obstacle obstacle = Obstacle::not_found;
  Role role = Role::main;
  std::string command;  ///< what was looked for
  std::string path;     ///< where it failed, "" when nothing was found
  std::string detail;   ///< what exactly is missing
};

/// All processes of a container, PID 1's own programs first, in the order in which they are executed.
struct Plan {
  std::vector<Process> processes;
  std::vector<Failure> failures;  ///< of main, service and healthcheck commands; a helper that is absent is none
  bool no_command = false;        ///< the image states neither ENTRYPOINT nor CMD
  bool execs_arguments = true;    ///< false: a wrapper script is PID 1 and ends without exec
  std::vector<Note> notes;
};

}  // namespace imgslim::entrypoint
