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
constexpr std::size_t script_steps = 20'000;       ///< of one script
constexpr std::size_t most_script_steps = 60'000;  ///< of all scripts
constexpr unsigned deepest_chain = 32;
constexpr std::size_t longest_command = 64u << 10;  ///< bytes of argv that are followed

std::size_t argument_bytes(const Command& command) {
  std::size_t bytes = 0;
  for (const auto& argument : command.argv) bytes += argument.size() + 1;
  return bytes;
}

/// Two command lines that start the same image in the same way.
std::string identity(const Program& program) {
  std::string key = std::to_string(program.program.file) + ' ' + program.applet + '\0' + program.command.user;
  for (const auto& script : program.scripts) key += '\0' + std::to_string(script.file);
  for (const auto& argument : program.command.argv) key += '\0' + argument;
  return key;
}

/// Whether a process adds nothing to one that is at least as sure: the same image with the same arguments; of one that
/// is only possible, the arguments do not matter.
bool is_repeated(const Process& process, const Process& by) {
  const auto same_file = [](const rootfs::Found& a, const rootfs::Found& b) { return a.file == b.file; };
  const bool same_image =
      process.program.file == by.program.file && process.applet == by.applet &&
      std::equal(process.scripts.begin(), process.scripts.end(), by.scripts.begin(), by.scripts.end(), same_file);
  if (!same_image) return false;
  if (process.tier == Tier::possible) return true;
  return process.role == by.role && process.argv == by.argv && process.environment == by.environment;
}

std::vector<std::string> listed(const Variables& environment) {
  std::vector<std::string> entries;
  for (const auto& [name, value] : environment) entries.emplace_back(name).append("=").append(value);
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

bool Planner::is_news(const Program& program) {
  const auto tier = program.command.tier;
  const auto [known, added] = known_.try_emplace(identity(program), Known{tier, std::nullopt});
  if (added) return true;
  if (known->second.tier <= tier) return false;
  known->second.tier = tier;
  return true;
}

void Planner::record(const Program& program, const Next& next) {
  const auto& command = program.command;
  Process process{next.leads_to_main ? Role::helper : command.role,
                  command.tier,
                  command.argv,
                  listed(command.environment),
                  command.working_directory,
                  command.user,
                  program.program,
                  program.invoked,
                  program.scripts,
                  program.applet,
                  command.chain};
  process.scripts.insert(process.scripts.end(), next.scripts.begin(), next.scripts.end());
  auto& position = known_.at(identity(program)).position;
  if (position) {
    processes_[*position] = {std::move(process), command.first_process};
    return;
  }
  position = processes_.size();
  processes_.push_back({std::move(process), command.first_process});
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
  if (!is_news(program)) return;
  const auto next = next_commands(files_, program, std::min(script_steps, most_script_steps - script_steps_));
  script_steps_ = std::min(most_script_steps, script_steps_ + next.script_steps);
  if (!next.same_process_image) record(program, next);
  if (next.ends_without_exec && command.first_process) plan_.execs_arguments = false;
  plan_.notes.insert(plan_.notes.end(), next.notes.begin(), next.notes.end());
  for (const auto& child : next.commands) follow(child);
}

Plan Planner::finish() && {
  const auto leads = [](const Recorded& r) { return r.first_process && r.process.tier != Tier::possible; };
  std::stable_partition(processes_.begin(), processes_.end(), leads);
  std::vector<Process> kept;
  for (const bool possible : {false, true}) {
    for (const auto& [process, first] : processes_) {
      if ((process.tier == Tier::possible) != possible) continue;
      const auto repeats = [&, &p = process](const Process& other) { return is_repeated(p, other); };
      if (std::none_of(kept.begin(), kept.end(), repeats)) kept.push_back(process);
    }
  }
  plan_.processes = std::move(kept);
  return std::move(plan_);
}

}  // namespace imgslim::entrypoint
