/// Supervisors other than supervisord and systemd are told what to run by directories: a service is a directory with an
/// executable `run` (runit, s6-svscan), or for s6-rc with a `type` file and `run` or `up`.
#include "entrypoint/supervisors.h"

#include <algorithm>

#include "core/path.h"
#include "entrypoint/options.h"
#include "entrypoint/plan.h"

namespace imgslim::entrypoint {
namespace {

constexpr std::size_t most_services = 100;

Command service(const Command& parent, std::vector<std::string> argv, std::string path) {
  auto child = child_of(parent, std::move(argv), "service", std::move(path));
  child.role = parent.role == Role::main ? Role::service : parent.role;
  child.tier = weaker(parent.tier, Tier::declared);
  child.first_process = false;
  child.scripts.clear();
  return child;
}

/// Service directories below `directory`: their `run` files.
void add_service_directories(const rootfs::FileSystem& files, const Command& parent, const std::string& directory,
                             Next& next) {
  for (const auto& name : files.list(directory)) {
    if (name.starts_with('.') || next.commands.size() >= most_services) continue;
    const auto home = join_path(directory, name);
    if (!files.find(home + "/run") || files.find(home + "/down")) continue;
    next.commands.push_back(service(parent, {"./run"}, home + "/run"));
    next.commands.back().working_directory = home;
  }
}

/// s6-rc: `up` of a oneshot is a command line of execline, in the shape that images have: the path of a script.
void add_s6_rc(const rootfs::FileSystem& files, const Command& parent, Next& next) {
  const std::string directory = "/etc/s6-overlay/s6-rc.d";
  add_service_directories(files, parent, directory, next);
  for (const auto& name : files.list(directory)) {
    const auto up = join_path(directory, name) + "/up";
    const auto text = files.text_at(up);
    if (!text || next.commands.size() >= most_services) continue;
    auto words = split_command(*text);
    if (words && !words->empty()) next.commands.push_back(service(parent, std::move(*words), up));
  }
}

bool is_s6_overlay(const rootfs::FileSystem& files) {
  constexpr std::string_view marks[] = {"/etc/s6-overlay", "/etc/services.d", "/etc/cont-init.d", "/etc/s6",
                                        "/package/admin/s6-overlay"};
  return std::any_of(std::begin(marks), std::end(marks), [&](auto mark) { return files.is_directory(mark); });
}

Next run_s6_overlay(const rootfs::FileSystem& files, const Command& parent, const Level& level) {
  Next next;
  for (const auto& name : files.list("/etc/cont-init.d")) {
    const auto path = "/etc/cont-init.d/" + name;
    next.commands.push_back(service(parent, {path}, path));
    next.commands.back().role = Role::helper;
  }
  add_service_directories(files, parent, "/etc/services.d", next);
  add_s6_rc(files, parent, next);
  if (level.argv.size() > 1) {
    auto child = child_of(parent, {level.argv.begin() + 1, level.argv.end()}, "s6-overlay", level.path);
    child.tier = weaker(parent.tier, Tier::declared);
    child.first_process = false;
    child.scripts.clear();
    next.commands.push_back(std::move(child));
  }
  return next;
}

/// The file that -c names, else the first of those that supervisord looks for.
std::string supervisord_configuration(const rootfs::FileSystem& files, const Command& parent, const Level& level) {
  constexpr OptionGrammar grammar{"cudlyzeqjaiLU", "configuration user directory logfile pidfile"};
  OptionReader reader(level.argv, 1, grammar);
  while (const auto option = reader.next())
    if (option->name == "c" || option->name == "configuration")
      return absolute(parent.working_directory, option->value);
  for (const auto* path : {"supervisord.conf", "etc/supervisord.conf", "/etc/supervisord.conf",
                           "/etc/supervisor/supervisord.conf", "/usr/local/etc/supervisord.conf"})
    if (files.find(absolute(parent.working_directory, path))) return absolute(parent.working_directory, path);
  return "";
}

}  // namespace

std::optional<Next> run_supervisor(const rootfs::FileSystem& files, const Program& program, const Level& level) {
  const auto& parent = program.command;
  Next next;
  if (level.name == "supervisord") {
    next.commands = supervisord_programs(files, parent, supervisord_configuration(files, parent, level));
  } else if (level.path == "/init" && is_s6_overlay(files)) {
    return run_s6_overlay(files, parent, level);
  } else if (has_word("runsvdir s6-svscan runsv s6-supervise", level.name)) {
    OptionReader reader(level.argv, 1, {"cdtXs", ""});
    while (reader.next()) continue;
    const auto at = reader.position();
    if (at >= level.argv.size()) return std::nullopt;
    const auto directory = absolute(parent.working_directory, level.argv[at]);
    if (level.name == "runsvdir" || level.name == "s6-svscan") {
      add_service_directories(files, parent, directory, next);
    } else {
      next.commands.push_back(service(parent, {"./run"}, directory + "/run"));
      next.commands.back().working_directory = directory;
    }
  } else if (level.name == "systemd" || last_component(level.path) == "systemd") {
    next.commands = systemd_services(files, parent);
  } else {
    return std::nullopt;
  }
  return next;
}

}  // namespace imgslim::entrypoint
