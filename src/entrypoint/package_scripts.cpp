#include "entrypoint/package_scripts.h"

#include <algorithm>

#include "entrypoint/options.h"
#include "json/parse.h"

namespace imgslim::entrypoint {
namespace {

constexpr std::string_view managers = "npm yarn pnpm bun npm-cli.js yarn.js pnpm.cjs";
constexpr std::string_view runners = "npx npx-cli.js pnpx bunx";
constexpr OptionGrammar grammar{"C", "prefix cwd dir workspace loglevel package"};

/// PATH as scripts of a package see it.
void add_package_programs(Command& command) {
  std::string path;
  for (std::string directory = command.working_directory; !directory.empty();) {
    path += absolute(directory, "node_modules/.bin") + ":";
    const auto slash = directory.rfind('/');
    if (directory == "/" || slash == std::string::npos) break;
    directory.resize(std::max<std::size_t>(slash, 1));
  }
  command.environment.insert_or_assign("PATH", path + std::string(value_of(command.environment, "PATH")));
}

/// A script's text; "node server.js" for a `start` that is not stated (npm-run-script).
std::string script_text(const rootfs::FileSystem& files, const Command& command, const std::string& name) {
  const auto text = files.text_at(absolute(command.working_directory, "package.json"));
  const auto package = text ? json::parse(*text, Limits{}) : Result<json::Value>(json::Value());
  if (!package) return "";
  auto script = json::string_member(json::member(*package, "scripts"), name.c_str());
  if (script.empty() && name == "start" && files.find(absolute(command.working_directory, "server.js")))
    script = "node server.js";
  return script;
}

/// Arguments behind the script's name, as npm adds them: each in double quotes.
std::string quoted(const std::vector<std::string>& argv, std::size_t from) {
  std::string text;
  for (; from < argv.size(); ++from) {
    if (argv[from] == "--") continue;
    text += " '";
    for (const char c : argv[from]) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
    text += '\'';
  }
  return text;
}

}  // namespace

std::optional<Command> run_package_script(const rootfs::FileSystem& files, const Command& parent, const Level& level) {
  const bool runs_program = has_word(runners, level.name);
  if (!runs_program && !has_word(managers, level.name)) return std::nullopt;
  auto child = child_of(parent, {}, level.name, level.path);
  child.tier = weaker(parent.tier, Tier::declared);
  child.caller = Caller::shell;
  child.scripts.clear();
  OptionReader reader(level.argv, 1, grammar);
  while (const auto option = reader.next())
    if (option->name == "prefix" || option->name == "cwd" || option->name == "C" || option->name == "dir")
      child.working_directory = absolute(child.working_directory, option->value);
  auto at = reader.position();
  const auto& argv = level.argv;
  const auto word = at < argv.size() ? argv[at] : std::string();
  const bool executes = runs_program || word == "exec" || word == "x" || word == "dlx";
  if (!runs_program && (executes || word == "run" || word == "run-script")) {
    OptionReader after(argv, at + 1, grammar);
    while (after.next()) continue;
    at = after.position();
  }
  if (at >= argv.size()) return std::nullopt;
  add_package_programs(child);
  if (executes) {
    child.argv.assign(argv.begin() + static_cast<std::ptrdiff_t>(at), argv.end());
    return child;
  }
  const auto text = script_text(files, child, argv[at]);
  if (text.empty()) return std::nullopt;
  child.argv = {"/bin/sh", "-c", text + quoted(argv, at + 1)};
  child.chain.back().path = absolute(child.working_directory, "package.json");
  return child;
}

}  // namespace imgslim::entrypoint
