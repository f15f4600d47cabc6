/// The walk from command line to command line.
///
/// Each command is loaded as the kernel would (executable.h) and recorded as a process image; then the rules say what
/// that program executes in turn, and the walk goes on there. A program that hands PID 1 on (a wrapper, a shell that
/// execs) is a helper, what it hands on to is main. The same image with the same arguments is followed once more only
/// when a surer way to it turns up, so scripts that execute themselves end.
#include "entrypoint/planner.h"

#include <algorithm>

#include "entrypoint/executable.h"

namespace imgslim::entrypoint {
namespace {

constexpr std::size_t most_steps = 2'000;
constexpr std::size_t most_processes = 200;
constexpr unsigned deepest_chain = 32;
constexpr std::size_t longest_command = 64u << 10;  ///< bytes of argv that are followed

std::size_t argument_bytes(const Command& command) {
  std::size_t bytes = 0;
  for (const auto& argument : command.argv) bytes += argument.size() + 1;
  return bytes;
}

/// Arguments of a process that is only possible do not make it another one.
std::string identity(const Program& program, Role role) {
  std::string key = std::to_string(program.program.file) + ' ' + std::to_string(static_cast<int>(role)) + ' ' +
                    program.applet + '\0' + program.command.user;
  for (const auto& script : program.scripts) key += '\0' + std::to_string(script.file);
  if (program.command.tier == Tier::possible) return key;
  for (const auto& argument : program.command.argv) key += '\0' + argument;
  return key;
}

std::vector<std::string> listed(const Variables& environment) {
  std::vector<std::string> entries;
  for (const auto& [name, value] : environment) entries.push_back(name + "=" + value);
  return entries;
}

}  // namespace

void Planner::refuse(const Command& command, Obstacle obstacle, std::string path, std::string detail) {
  if (command.role == Role::helper || command.tier == Tier::possible) return;
  Failure failure{obstacle, command.role, command.argv.front(), std::move(path), std::move(detail)};
  const bool shell_form = command.depth == 0 && command.argv.size() > 2 && command.argv[1] == "-c";
  if (shell_form && obstacle == Obstacle::not_found) failure.obstacle = Obstacle::no_shell;
  const auto same = [&](const Failure& other) {
    return other.role == failure.role && other.command == failure.command && other.path == failure.path;
  };
  if (std::none_of(plan_.failures.begin(), plan_.failures.end(), same)) plan_.failures.push_back(std::move(failure));
}

bool Planner::record(const Program& program, const Next& next) {
  const auto& command = program.command;
  const auto role = next.leads_to_main ? Role::helper : command.role;
  const auto [known, added] = known_.try_emplace(identity(program, role), processes_.size());
  if (!added) {
    auto& before = processes_[known->second];
    if (before.process.tier <= command.tier) return false;
    before.process.tier = command.tier;
    before.process.chain = command.chain;
    before.first_process = before.first_process || command.first_process;
    return true;
  }
  Process process{role,
                  command.tier,
                  command.argv,
                  listed(command.environment),
                  command.working_directory,
                  program.program,
                  program.invoked,
                  program.scripts,
                  program.applet,
                  command.chain};
  process.scripts.insert(process.scripts.end(), next.scripts.begin(), next.scripts.end());
  processes_.push_back({std::move(process), command.first_process});
  return true;
}

void Planner::follow(const Command& command) {
  if (command.argv.empty() || command.depth > deepest_chain || argument_bytes(command) > longest_command) return;
  if (++steps_ > most_steps || processes_.size() >= most_processes) {
    if (steps_ == most_steps + 1 || (steps_ <= most_steps && plan_.notes.empty()))
      plan_.notes.push_back(
          {"commands-cut", command.argv.front(), "too many commands: those that follow are left out"});
    return;
  }
  auto loaded = load_program(files_, command);
  if (auto* refused = std::get_if<Refused>(&loaded)) {
    refuse(command, refused->obstacle, std::move(refused->path), std::move(refused->detail));
    return;
  }
  const auto& program = std::get<Program>(loaded);
  const auto next = next_commands(files_, program);
  if (!next.same_process_image && !record(program, next)) return;
  if (next.ends_without_exec && command.first_process) plan_.execs_arguments = false;
  plan_.notes.insert(plan_.notes.end(), next.notes.begin(), next.notes.end());
  for (const auto& child : next.commands) follow(child);
}

Plan Planner::finish() && {
  std::stable_partition(processes_.begin(), processes_.end(), [](const Recorded& r) { return r.first_process; });
  for (auto& recorded : processes_) plan_.processes.push_back(std::move(recorded.process));
  return std::move(plan_);
}

}  // namespace imgslim::entrypoint
