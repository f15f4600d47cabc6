#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "entrypoint/process.h"

/// What the parts of this module hand to each other while a command line is followed.
namespace imgslim::entrypoint {

using Variables = std::map<std::string, std::string, std::less<>>;

/// Who looks the program up, and what happens to a text without "#!".
enum class Caller : std::uint8_t {
  kernel,  ///< the container runtime or a program that calls execve(2): such a text is refused
  shell,   ///< a shell or execvp(3): such a text is read by the shell
};

/// A command line about to be executed.
struct Command {
  std::vector<std::string> argv;
  Variables environment;
  std::string working_directory = "/";
  std::string user;  ///< name or number as configured; "" for root
  Role role = Role::main;
  Tier tier = Tier::certain;
  Caller caller = Caller::kernel;
  bool first_process = false;          ///< of the programs that PID 1 is in turn
  unsigned depth = 0;                  ///< commands that led here
  std::vector<rootfs::Found> scripts;  ///< that its program will read, found before it ("#!/usr/bin/env python3")
  std::vector<Step> chain;
};

/// One name under which a command line is known on its way to the ELF file: the script, its interpreter, the applet.
struct Level {
  std::string name;               ///< base name: "npm", "env", "sh"
  std::string path;               ///< canonical path of the file; "" for an applet
  std::vector<std::string> argv;  ///< as this file gets it
};

/// A command whose program was found: argv is what the kernel hands to `program`.
struct Program {
  Command command;
  rootfs::Found program;
  std::string invoked;                 ///< the path given to execve(2) for `program`
  std::vector<rootfs::Found> scripts;  ///< outermost first
  std::vector<Level> levels;           ///< outermost first; the last one is the ELF file, or its applet
  std::string applet;                  ///< of a multi-call program
};

/// What a program goes on to execute.
struct Next {
  std::vector<Command> commands;       ///< in the order of execution
  bool same_process_image = false;     ///< the program is no image of its own: `commands` has the one that is
  bool leads_to_main = false;          ///< a command of the same role takes the program's place
  bool ends_without_exec = false;      ///< a script that stays until its end
  std::vector<rootfs::Found> scripts;  ///< that the program reads because its arguments say so
  std::size_t script_steps = 0;        ///< commands of scripts that were run to find out
  std::vector<Note> notes;
};

/// A command that `parent` executes: same environment, directory and user; `how` is added to the chain.
[[nodiscard]] Command child_of(const Command& parent, std::vector<std::string> argv, std::string how, std::string path);

/// `path` as seen from `directory`: absolute, not normalised.
[[nodiscard]] std::string absolute(std::string_view directory, std::string_view path);
/// The last component: "sh" of "/bin/sh".
[[nodiscard]] std::string_view last_component(std::string_view path);
/// A variable's value, "" when unset.
[[nodiscard]] std::string_view value_of(const Variables& variables, std::string_view name);

}  // namespace imgslim::entrypoint
