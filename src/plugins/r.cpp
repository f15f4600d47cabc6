// R (R Installation and Administration; R-exts 5 "System and foreign language interfaces"): Rscript executes
// R_HOME/bin/R, a shell script that executes R_HOME/bin/exec/R; R attaches its default packages, each with a compiled
// part.
#include "core/path.h"
#include "plugins/config_files.h"
#include "plugins/language_rules.h"
#include "plugins/mapped_library.h"
#include "plugins/script_command.h"

namespace imgslim::plugins {
namespace {

/// The directory above bin/exec/R or lib/libR.so; of Rscript, the one that it names.
std::string home_of(const Context& context) {
  if (const auto library = mapped_library(context, "libR.so"))
    return std::string(parent_path(parent_path(context.map.objects()[*library].file.path)));
  const auto& program = context.process.program.path;
  if (program.ends_with("/bin/exec/R")) return std::string(parent_path(parent_path(parent_path(program))));
  return {};
}

/// What Rscript executes: RHOME says where, or what is compiled in, often as writable data, which is not captured.
std::vector<Candidate> front_end(const Context& context) {
  const auto& program = context.process.program;
  std::vector<std::string> homes{std::string(environment_value(context.process, "RHOME"))};
  if (const auto* facts = context.files.elf(program.file))
    homes.insert(homes.end(), facts->path_strings.begin(), facts->path_strings.end());
  for (const auto* home : {"/usr/lib/R", "/usr/lib64/R", "/usr/local/lib/R"}) homes.emplace_back(home);
  for (const auto& home : homes) {
    if (home.empty() || !context.files.find(home + "/bin/exec/R")) continue;
    return {{home + "/bin/R", Use::program, Tier::declared, Via::r_library, program.path, "R_HOME " + home},
            {home + "/bin/exec/R", Use::program, Tier::declared, Via::r_library, program.path, "R_HOME " + home}};
  }
  return {};
}

}  // namespace

std::vector<Candidate> r_libraries(const Context& context) {
  if (base_name(context.process.program.path) == "Rscript") return front_end(context);
  const auto home = home_of(context);
  if (home.empty()) return {};
  const auto& program = context.process.program.path;
  std::vector<Candidate> candidates{
      {home + "/lib/libR.so", Use::object, Tier::declared, Via::r_library, program, "LD_LIBRARY_PATH of bin/R"}};
  auto packages = split_list(environment_value(context.process, "R_DEFAULT_PACKAGES"), ',');
  if (packages.empty()) packages = {"utils", "grDevices", "graphics", "stats"};
  packages.insert(packages.begin(), "methods");
  for (const auto& package : packages) {
    const auto object = home + "/library/" + package + "/libs/" + package + ".so";
    candidates.push_back({object, Use::object, Tier::declared, Via::r_library, program, "default package " + package});
  }
  return candidates;
}

}  // namespace imgslim::plugins
