#include "entrypoint/plan.h"

#include "entrypoint/environment.h"
#include "entrypoint/planner.h"

namespace imgslim::entrypoint {
namespace {

Command base_command(const rootfs::FileSystem& files, const image::ImageConfig& config) {
  Command command;
  command.environment = environment_of(files, config);
  command.working_directory = absolute("/", config.working_dir);
  command.user = user_of(config.user);
  return command;
}

/// Config.Healthcheck.Test: {"CMD", argv…} or {"CMD-SHELL", text}; {"NONE"} and {} mean none (Docker's image config).
void follow_healthcheck(Planner& planner, Command command, const image::ImageConfig& config) {
  const auto& test = config.healthcheck;
  if (test.size() < 2) return;
  command.role = Role::healthcheck;
  command.tier = Tier::declared;
  command.chain = {{"HEALTHCHECK", ""}};
  if (test.front() == "CMD") {
    command.argv.assign(test.begin() + 1, test.end());
  } else if (test.front() == "CMD-SHELL") {
    command.argv = config.shell.empty() ? std::vector<std::string>{"/bin/sh", "-c"} : config.shell;
    command.argv.push_back(test[1]);
  }
  planner.follow(command);
}

}  // namespace

Plan plan_processes(const rootfs::FileSystem& files, const image::ImageConfig& config,
                    const Override& command_override) {
  Planner planner(files);
  const auto base = base_command(files, config);
  auto command = base;
  command.first_process = true;
  command.argv = config.entrypoint;
  const auto& arguments = command_override.command ? *command_override.command : config.cmd;
  command.argv.insert(command.argv.end(), arguments.begin(), arguments.end());
  command.chain = {{!config.entrypoint.empty() ? "ENTRYPOINT" : command_override.command ? "--cmd" : "CMD", ""}};
  const bool no_command = command.argv.empty();
  planner.follow(command);
  follow_healthcheck(planner, base, config);
  auto plan = std::move(planner).finish();
  plan.no_command = no_command;
  return plan;
}

}  // namespace imgslim::entrypoint
