#include "entrypoint/package_scripts.h"
#include "entrypoint/planner.h"
#include "entrypoint/shell_command.h"
#include "entrypoint/supervisors.h"
#include "entrypoint/wrappers.h"

namespace imgslim::entrypoint {
namespace {

/// What stands for the program itself in the container: the last command of the same role.
void add_successor(Next& next, Command successor) {
  next.leads_to_main = true;
  next.commands.push_back(std::move(successor));
}

}  // namespace

Next next_commands(const rootfs::FileSystem& files, const Program& program, std::size_t script_steps) {
  Next next;
  if (auto child = peel_dynamic_linker(program.command, program.levels.back())) {
    next.same_process_image = true;
    next.commands.push_back(std::move(*child));
    return next;
  }
  if (auto script = run_shell(files, program, script_steps)) next = std::move(*script);
  // From the ELF file outward: "#!/usr/bin/env node" starts node before npm starts what its arguments say.
  for (auto level = program.levels.rbegin(); level != program.levels.rend(); ++level) {
    if (auto supervised = run_supervisor(files, program, *level)) {  // replaces what its own script does
      supervised->scripts = std::move(next.scripts);
      next = std::move(*supervised);
      continue;
    }
    auto child = peel_wrapper(files, program.command, *level);
    if (!child) child = run_package_script(files, program.command, *level);
    if (!child) continue;
    if (level == program.levels.rbegin()) child->scripts = program.scripts;
    for (auto& before : next.commands) before.role = Role::helper;
    next.ends_without_exec = false;
    add_successor(next, std::move(*child));
  }
  return next;
}

}  // namespace imgslim::entrypoint
