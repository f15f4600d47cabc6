/// R's front ends. Rscript executes R_HOME/bin/R with --file=SCRIPT or -e EXPRESSION; that is a shell script which sets
/// R_HOME and LD_LIBRARY_PATH and executes R_HOME/bin/exec/R with the same arguments.
#include <algorithm>

#include "entrypoint/wrappers.h"

namespace imgslim::entrypoint {
namespace {

constexpr std::string_view program_below_home = "/bin/exec/R";

bool is_home(const rootfs::FileSystem& files, std::string_view home) {
  return !home.empty() && files.find(std::string(home) + std::string(program_below_home)).has_value();
}

/// Where R is installed: RHOME says, or what is compiled into Rscript, or the places of distributions; "" elsewhere.
std::string home_of(const rootfs::FileSystem& files, const Command& parent, const Level& level) {
  const auto stated = value_of(parent.environment, "RHOME");
  if (is_home(files, stated)) return std::string(stated);
  if (const auto own = level.path.rfind("/bin/R");
      own != std::string::npos && is_home(files, level.path.substr(0, own)))
    return level.path.substr(0, own);
  const auto program = files.find(level.path);
  const auto* facts = program ? files.elf(program->file) : nullptr;
  if (facts != nullptr)
    for (const auto& path : facts->path_strings)
      if (is_home(files, path)) return path;
  for (const auto* home : {"/usr/lib/R", "/usr/lib64/R", "/usr/local/lib/R"})
    if (is_home(files, home)) return home;
  return {};
}

/// Rscript [options] [-e EXPRESSION… | FILE] [arguments], as bin/R gets them.
std::vector<std::string> arguments_of_script(const std::vector<std::string>& argv) {
  std::vector<std::string> arguments{"--no-echo", "--no-restore"};
  std::size_t at = 1;
  bool has_expression = false;
  for (; at < argv.size() && argv[at].starts_with('-'); ++at) {
    const bool expression = argv[at] == "-e" && at + 1 < argv.size();
    has_expression |= expression;
    arguments.push_back(argv[at]);
    if (expression) arguments.push_back(argv[++at]);
  }
  if (!has_expression && at < argv.size()) arguments.push_back("--file=" + argv[at++]);
  if (at < argv.size()) arguments.emplace_back("--args");
  arguments.insert(arguments.end(), argv.begin() + static_cast<std::ptrdiff_t>(std::min(at, argv.size())), argv.end());
  return arguments;
}

}  // namespace

std::optional<Command> peel_r(const rootfs::FileSystem& files, const Command& parent, const Level& level) {
  if (level.path.ends_with(program_below_home)) return std::nullopt;  // R itself
  const auto home = home_of(files, parent, level);
  if (home.empty() || level.argv.empty()) return std::nullopt;
  auto child = child_of(parent, level.argv, "program of " + level.name, level.path);
  child.tier = weaker(parent.tier, Tier::declared);
  if (level.name == "Rscript") {
    child.argv = arguments_of_script(level.argv);
    child.argv.insert(child.argv.begin(), home + "/bin/R");
    return child;
  }
  child.argv.front() = home + std::string(program_below_home);
  child.environment.insert_or_assign("R_HOME", home);
  auto& path = child.environment["LD_LIBRARY_PATH"];
  path = home + "/lib" + (path.empty() ? "" : ":" + path);
  return child;
}

}  // namespace imgslim::entrypoint
