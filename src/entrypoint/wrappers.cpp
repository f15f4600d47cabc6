/// The wrappers as a table: which options take values, how many operands stand before the command, which of them is the
/// user. Sources: the usage texts and getopt strings of tini 0.19, dumb-init 1.2.5, catatonit 0.2, gosu 1.17, su-exec
/// 0.2, util-linux 2.41, coreutils 9.7, runit 2.1, s6 2.13, daemontools 0.76, sudo 1.9, xvfb-run of Debian.
#include "entrypoint/wrappers.h"

#include <algorithm>

#include "entrypoint/environment.h"
#include "entrypoint/options.h"

namespace imgslim::entrypoint {
namespace {

enum class Operands : std::uint8_t { none, one, one_then_options, user, assignments, up_to_dashes };

struct Wrapper {
  std::string_view names;  ///< blank-separated
  OptionGrammar grammar;
  Operands operands = Operands::none;
  std::string_view subcommand;  ///< the word before the command: "exec" of `bundle exec`
};

constexpr Wrapper wrappers[] = {
    {"tini tini-static docker-init", {"pe", ""}},
    {"dumb-init", {"r", "rewrite"}},
    {"catatonit", {}},
    {"gosu su-exec setuidgid s6-setuidgid envuidgid s6-envuidgid", {}, Operands::user},
    {"setpriv",
     {"",
      "reuid regid ruid euid rgid egid groups inh-caps ambient-caps bounding-set securebits pdeathsig selinux-label "
      "apparmor-profile"}},
    {"chpst", {"uUbe/CnlLmdopfcrts", ""}},
    {"sudo",
     {"ugphCcDRrtTU", "user group prompt host close-from chdir chroot role type command-timeout other-user"},
     Operands::assignments},
    {"doas", {"uC", ""}},
    {"nice", {"n", "adjustment"}},
    {"nohup setsid eatmydata time-admin with-contenv pgrphack fghack unbuffer catchsegv", {}},
    {"timeout", {"ks", "kill-after signal"}, Operands::one},
    {"stdbuf", {"ioe", "input output error"}},
    {"numactl", {"imNCpPw", "interleave membind cpunodebind physcpubind preferred preferred-many weighted-interleave"}},
    {"ionice", {"cnpPu", "class classdata pid pgid uid"}},
    {"chrt", {"TPDp", "sched-runtime sched-period sched-deadline pid"}, Operands::one},
    {"taskset", {}, Operands::one},
    {"time", {"fo", "format output"}},
    {"flock", {"wE", "timeout conflict-exit-code"}, Operands::one},
    {"setarch", {}, Operands::one_then_options},
    {"linux32 linux64 i386 x86_64 prlimit", {}},
    {"unshare", {"SGRw", "setuid setgid root wd map-user map-group propagation setgroups"}},
    {"xvfb-run", {"efnpsw", "error-file auth-file server-num xauth-protocol server-args wait"}},
    {"envdir s6-envdir setlock s6-setlock faketime pidproxy", {}, Operands::one},
    {"softlimit s6-softlimit", {"acdfhlmoprst", ""}},
    {"s6-applyuidgid", {"ugG", ""}},
    {"fakeroot", {"lsib", "lib faked"}},
    {"strace ltrace", {"aeoOpsSuPbEIXnl", "trace output"}},
    {"cgexec", {"g", ""}},
    {"dockerize", {"", "wait timeout template stdout stderr delims wait-http-header wait-retry-interval env", true}},
    {"wait-for-it.sh wait-for-it wait-for wait-for.sh", {}, Operands::up_to_dashes},
    {"ddtrace-run opentelemetry-instrument", {}},
    {"newrelic-admin", {}, Operands::none, "run-program"},
    {"bundle bundler", {}, Operands::none, "exec"},
    {"poetry pipenv uv pdm rye hatch dotenv doppler", {"pf", "project config file directory"}, Operands::none, "run"},
};

const Wrapper* find_wrapper(std::string_view name) {
  const auto* found = std::find_if(std::begin(wrappers), std::end(wrappers),
                                   [&](const Wrapper& wrapper) { return has_word(wrapper.names, name); });
  return found == std::end(wrappers) ? nullptr : found;
}

bool is_assignment(std::string_view word) {
  const auto equals = word.find('=');
  return equals != std::string_view::npos && equals != 0;
}

/// Where the command begins in argv, after options and operands; `user` is set when they name one.
std::size_t command_position(const Wrapper& wrapper, const std::vector<std::string>& argv, Command& child) {
  if (wrapper.operands == Operands::up_to_dashes)
    return static_cast<std::size_t>(std::find(argv.begin(), argv.end(), "--") - argv.begin()) + 1;
  OptionReader reader(argv, 1, wrapper.grammar);
  while (const auto option = reader.next())
    if (option->name == "u" || option->name == "user" || option->name == "reuid") child.user = user_of(option->value);
  auto at = reader.position();
  if (!wrapper.subcommand.empty()) {
    if (at >= argv.size() || argv[at] != wrapper.subcommand) return argv.size();
    OptionReader after(argv, at + 1, wrapper.grammar);
    while (after.next()) continue;
    at = after.position();
  }
  if (wrapper.operands == Operands::user && at < argv.size()) child.user = user_of(argv[at]);
  if (wrapper.operands == Operands::user || wrapper.operands == Operands::one) ++at;
  if (wrapper.operands == Operands::one_then_options) {
    OptionReader after(argv, at + 1, wrapper.grammar);
    while (after.next()) continue;
    at = after.position();
  }
  while (wrapper.operands == Operands::assignments && at < argv.size() && is_assignment(argv[at])) {
    const auto equals = argv[at].find('=');
    child.environment.insert_or_assign(argv[at].substr(0, equals), argv[at].substr(equals + 1));
    ++at;
  }
  if (at < argv.size() && argv[at] == "--") ++at;
  return at;
}

}  // namespace

std::optional<Command> peel_wrapper(const rootfs::FileSystem& files, const Command& parent, const Level& level) {
  if (level.name == "env") return peel_env(parent, level);
  if (level.name == "erlexec") return peel_erlexec(parent, level);
  if (level.name == "Rscript" || level.name == "R") return peel_r(files, parent, level);
  if (level.name == "su" || level.name == "runuser") return peel_su(files, parent, level);
  const auto* wrapper = find_wrapper(level.name);
  if (wrapper == nullptr) return std::nullopt;
  auto child = child_of(parent, {}, "exec wrapper " + level.name, level.path);
  const auto at = command_position(*wrapper, level.argv, child);
  if (at >= level.argv.size()) return std::nullopt;
  child.argv.assign(level.argv.begin() + static_cast<std::ptrdiff_t>(at), level.argv.end());
  child.caller = level.name == "gosu" ? Caller::kernel : Caller::shell;
  return child;
}

std::optional<Command> peel_su(const rootfs::FileSystem& files, const Command& parent, const Level& level) {
  constexpr OptionGrammar grammar{"cCgGsuwTt",
                                  "command session-command group supp-group shell user whitelist-environment"};
  auto child = child_of(parent, {}, "exec wrapper " + level.name, level.path);
  std::string shell;
  std::optional<std::string> text;
  bool direct = false;
  std::vector<std::string> operands;
  for (std::size_t at = 1; at < level.argv.size();) {  // operands and options may be mixed
    OptionReader reader(level.argv, at, grammar);
    while (const auto option = reader.next()) {
      if (option->name == "s" || option->name == "shell") shell = option->value;
      if (option->name == "c" || option->name == "command" || option->name == "session-command") text = option->value;
      direct = direct || option->name == "u" || option->name == "user";
      if (option->name == "u" || option->name == "user") child.user = user_of(option->value);
    }
    at = reader.position();
    if (direct) {
      if (at >= level.argv.size()) return std::nullopt;
      child.argv.assign(level.argv.begin() + static_cast<std::ptrdiff_t>(at), level.argv.end());
      child.caller = Caller::shell;
      return child;
    }
    if (at < level.argv.size() && level.argv[at] != "-") operands.push_back(level.argv[at]);
    ++at;
  }
  child.user = operands.empty() ? std::string() : user_of(operands.front());
  if (shell.empty()) {
    const auto account = find_account(files, child.user.empty() ? "0" : child.user);
    shell = account && !account->shell.empty() ? account->shell : "/bin/sh";
  }
  child.argv = {shell};
  if (text) child.argv.insert(child.argv.end(), {"-c", *text});
  if (operands.size() > 1) child.argv.insert(child.argv.end(), operands.begin() + 1, operands.end());
  return child;
}

std::optional<Command> peel_erlexec(const Command& parent, const Level& level) {
  const auto directory = value_of(parent.environment, "BINDIR");
  if (directory.empty()) return std::nullopt;
  auto emulator = value_of(parent.environment, "EMU");
  if (emulator.empty()) emulator = "beam";
  auto child = child_of(parent, level.argv, "emulator of erlexec", level.path);
  child.argv.front() = std::string(directory) + "/" + std::string(emulator) + ".smp";
  return child;
}

std::optional<Command> peel_dynamic_linker(const Command& parent, const Level& level) {
  const std::string_view name = level.name;
  if (!(name.starts_with("ld-linux") || name.starts_with("ld-musl-") || name.starts_with("ld64.so") ||
        name == "ld.so.1" || name == "ld.so"))
    return std::nullopt;
  constexpr OptionGrammar grammar{
      "", "library-path inhibit-rpath glibc-hwcaps-prepend glibc-hwcaps-mask audit preload argv0"};
  auto child = child_of(parent, {}, "program of " + level.name, level.path);
  OptionReader reader(level.argv, 1, grammar);
  while (const auto option = reader.next()) {
    if (option->name == "library-path") child.environment.insert_or_assign("LD_LIBRARY_PATH", option->value);
    if (option->name == "preload") child.environment.insert_or_assign("LD_PRELOAD", option->value);
    if (option->name == "audit") child.environment.insert_or_assign("LD_AUDIT", option->value);
  }
  const auto at = reader.position();
  if (at >= level.argv.size()) return std::nullopt;
  child.argv.assign(level.argv.begin() + static_cast<std::ptrdiff_t>(at), level.argv.end());
  if (child.argv.front().find('/') == std::string::npos) child.argv.front().insert(0, "./");
  return child;
}

}  // namespace imgslim::entrypoint
