/// From a command name to the ELF file that the kernel starts.
///
/// Facts: fs/binfmt_script.c and fs/exec.c of Linux 6.x: the kernel looks at the first 256 bytes (BINPRM_BUF_SIZE; 128
/// before 5.1). Behind "#!" blanks are skipped; the interpreter is all up to a blank or NUL; what follows, blanks
/// around it trimmed, is ONE argument. A line longer than the buffer is taken when the interpreter's name ends within
/// it, its argument is cut. The new argument list is: interpreter, argument if any, the script's path, the old one
/// without argv[0]. An interpreter may be a script again; the sixth is refused with ELOOP. A carriage return is part of
/// the name, so the interpreter is not found.
#include "entrypoint/executable.h"

#include <algorithm>
#include <iterator>

namespace imgslim::entrypoint {
namespace {

constexpr std::size_t shebang_bytes = 256;
constexpr std::size_t most_interpreters = 5;
constexpr std::uint32_t any_execute_bit = 0111;
constexpr std::string_view blanks = " \t";
constexpr std::string_view unset_path = "/bin:/usr/bin";  // of execvp(3) in glibc
constexpr std::string_view multi_call_programs[] = {"busybox", "toybox", "coreutils"};

std::optional<Refused> refusal(const rootfs::FileSystem& files, const std::string& path) {
  const auto lookup = files.open(path);
  if (lookup.found)
    return (files.permissions(lookup.found->file).mode & any_execute_bit) != 0
               ? std::nullopt
               : std::optional<Refused>({Obstacle::not_executable, lookup.found->path, "no execute permission"});
  if (files.is_directory(path)) return Refused{Obstacle::not_executable, path, "a directory"};
  if (lookup.failure == rootfs::Failure::loop) return Refused{Obstacle::not_found, path, "too many symlinks"};
  if (const auto target = files.link_target(path))
    return Refused{Obstacle::not_found, path, "a symlink to " + *target + ", which is missing"};
  return Refused{Obstacle::not_found, path, "no such file"};
}

/// Whether a "#!" line that ends in CR fails: the CR is part of the interpreter's name, or of an option that it does
/// not know. Perl alone is known to overlook it.
bool carriage_return_matters(const Shebang& line) {
  const auto& last = line.argument ? *line.argument : line.interpreter;
  return last.ends_with('\r') && !last_component(line.interpreter).starts_with("perl");
}

std::variant<Program, Refused> load(const rootfs::FileSystem& files, Program program, std::string path) {
  for (std::size_t depth = 0;; ++depth) {
    if (auto refused = refusal(files, path)) {
      if (depth == 0) return *refused;
      return Refused{
          refused->obstacle == Obstacle::not_executable ? Obstacle::not_executable : Obstacle::no_interpreter,
          program.levels.back().path, path};
    }
    const auto found = *files.find(path);
    program.levels.push_back({std::string(last_component(path)), found.path, program.command.argv});
    if (files.elf(found.file) != nullptr) {
      program.program = found;
      program.invoked = std::move(path);
      return program;
    }
    if (depth > most_interpreters - 1) return Refused{Obstacle::interpreter_loop, program.levels.front().path, path};
    const auto text = files.text(found.file);
    auto line = text ? read_shebang(*text) : std::nullopt;
    if (!line && text && program.command.caller == Caller::shell && depth == 0) line = Shebang{"/bin/sh", std::nullopt};
    if (!line) return Refused{Obstacle::not_a_program, found.path, "neither an ELF file nor a script with \"#!\""};
    if (carriage_return_matters(*line))
      return Refused{Obstacle::carriage_return, found.path, "the \"#!\" line ends in a carriage return"};
    auto& argv = program.command.argv;
    argv.front() = path;
    if (line->argument) argv.insert(argv.begin(), *line->argument);
    argv.insert(argv.begin(), line->interpreter);
    program.scripts.push_back(found);
    path = absolute(program.command.working_directory, line->interpreter);
    program.command.chain.push_back({"shebang", path});
  }
}

/// A multi-call program does what argv[0] says, or, called by its own name, what argv[1] says (busybox appletlib.c,
/// coreutils.c; "coreutils --coreutils-prog=ls"). Its last level becomes the applet.
void choose_applet(Program& program) {
  const auto own_name = last_component(program.program.path);
  const auto* family = std::find_if(std::begin(multi_call_programs), std::end(multi_call_programs),
                                    [&](std::string_view name) { return own_name.starts_with(name); });
  if (family == std::end(multi_call_programs)) return;
  auto& argv = program.command.argv;
  constexpr std::string_view program_option = "--coreutils-prog";
  if (last_component(argv.front()).starts_with(*family)) {
    if (argv.size() < 2) return;
    argv.erase(argv.begin());
    if (argv.front().starts_with(program_option)) argv.front().erase(0, argv.front().find('=') + 1);
  }
  program.applet = std::string(last_component(argv.front()));
  if (program.applet.starts_with('-')) program.applet.erase(0, 1);
  program.levels.back() = {program.applet, "", argv};
}

}  // namespace

std::optional<Shebang> read_shebang(std::string_view text) {
  if (!text.starts_with("#!")) return std::nullopt;
  auto line = text.substr(0, shebang_bytes);
  const auto newline = line.find('\n');
  const bool cut = newline == std::string_view::npos && text.size() >= shebang_bytes;
  line = line.substr(0, newline).substr(2);
  const auto begin = line.find_first_not_of(blanks);
  if (begin == std::string_view::npos) return std::nullopt;
  line.remove_prefix(begin);
  const auto name_end = line.find_first_of(std::string_view(" \t\0", 3));
  if (name_end == std::string_view::npos && cut) return std::nullopt;
  Shebang shebang{std::string(line.substr(0, name_end)), std::nullopt};
  if (shebang.interpreter.empty()) return std::nullopt;
  if (name_end == std::string_view::npos || line[name_end] == '\0') return shebang;
  line.remove_prefix(name_end);
  const auto argument = line.find_first_not_of(blanks);
  if (argument == std::string_view::npos || line[argument] == '\0') return shebang;
  const auto last = line.find_last_not_of(blanks);
  line = line.substr(argument, last + 1 - argument);
  shebang.argument = std::string(line.substr(0, line.find('\0')));
  return shebang;
}

std::variant<std::string, Refused> search_program(const rootfs::FileSystem& files, std::string_view name,
                                                  const Command& command) {
  if (name.find('/') != std::string_view::npos) return absolute(command.working_directory, name);
  std::optional<Refused> refused;
  const auto stated = command.environment.find("PATH");
  auto path = stated == command.environment.end() ? unset_path : std::string_view(stated->second);
  const auto searched = path;
  for (bool more = !name.empty(); more;) {
    const auto end = path.find(':');
    const auto directory = path.substr(0, end);
    more = end != std::string_view::npos;
    if (more) path.remove_prefix(end + 1);
    if (!directory.starts_with('/') && command.caller == Caller::kernel) continue;
    auto candidate = absolute(absolute(command.working_directory, directory.empty() ? "." : directory), name);
    const auto problem = refusal(files, candidate);
    if (!problem) return candidate;
    if (problem->obstacle == Obstacle::not_executable && !files.is_directory(candidate) && !refused) refused = problem;
  }
  if (refused) return *refused;
  return Refused{Obstacle::not_found, "",
                 name.empty() ? "the command is empty" : "not in PATH " + std::string(searched)};
}

std::variant<Program, Refused> load_program(const rootfs::FileSystem& files, const Command& command) {
  const auto& name = command.argv.front();
  auto path = search_program(files, name, command);
  if (auto* refused = std::get_if<Refused>(&path)) return std::move(*refused);
  Program program;
  program.command = command;
  program.scripts = command.scripts;
  auto& where = std::get<std::string>(path);
  if (name.find('/') == std::string::npos) program.command.chain.push_back({"PATH", where});
  auto loaded = load(files, std::move(program), std::move(where));
  if (auto* reached = std::get_if<Program>(&loaded)) choose_applet(*reached);
  return loaded;
}

}  // namespace imgslim::entrypoint
