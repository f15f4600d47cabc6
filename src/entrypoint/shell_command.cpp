/// Shells as programs: their options, the script or string that they run, and what of its commands are processes.
///
/// A command that the script reaches by exec, or last, or leaves running in the background is likely; so is one whose
/// name a variable holds. Other commands are only possible, and those of the kind that every script calls (coreutils
/// and their like) are left out: each would be right, and together they would bury what matters.
#include "entrypoint/shell_command.h"

#include <algorithm>

#include "entrypoint/options.h"
#include "entrypoint/script_runner.h"

namespace imgslim::entrypoint {
namespace {

constexpr std::string_view shells = "sh bash dash ash ksh ksh93 mksh zsh rbash posh yash";
constexpr std::string_view bash_like = "bash rbash ksh ksh93 mksh zsh";
constexpr std::string_view everyday_programs =
    "[ awk base32 base64 basename bunzip2 bzip2 cat chgrp chmod chown cksum cmp comm cp cut date dd df diff dircolors "
    "dirname du echo egrep expand expr false fgrep find flock fold gawk getent getopt grep groups gunzip gzip head "
    "hostname id install join kill killall link ln logger ls mawk md5sum mkdir mkfifo mknod mktemp more mount "
    "mountpoint "
    "mv nl nproc numfmt od paste pathchk pgrep pidof pkill printenv printf ps pwd readlink realpath rm rmdir sed seq "
    "sha1sum sha256sum sha512sum shuf sleep sort split stat stty sum sync sysctl tac tail tar tee test touch tput tr "
    "true "
    "truncate tsort tty umount uname unexpand uniq unlink uptime usermod groupmod useradd groupadd adduser addgroup "
    "userdel vdir wc which who whoami xargs xz xzcat yes zcat";

struct Invocation {
  bool valid = false, text_given = false, login = false;
  std::string text;  ///< of -c
  std::string script;
  std::string name;
  std::vector<std::string> arguments;
};

/// sh [-options] [+options] [-o NAME] [--long] (-c TEXT [NAME] | SCRIPT) [ARGUMENT…]
Invocation read_invocation(const std::vector<std::string>& argv) {
  Invocation invocation;
  invocation.login = argv.front().starts_with('-');
  std::size_t at = 1;
  for (; at < argv.size() && argv[at].size() > 1 && (argv[at][0] == '-' || argv[at][0] == '+'); ++at) {
    const std::string_view option = argv[at];
    if (option == "--") {
      ++at;
      break;
    }
    if (option == "--rcfile" || option == "--init-file") ++at;
    if (option == "--login") invocation.login = true;
    if (option.starts_with("--")) continue;
    for (const char letter : option.substr(1)) {
      if (letter == 'c') invocation.text_given = true;
      if (letter == 'l') invocation.login = true;
      if (letter == 's' || letter == 'n') return invocation;
      if (letter == 'o' || letter == 'O') ++at;
    }
  }
  if (at >= argv.size()) return invocation;
  invocation.valid = true;
  (invocation.text_given ? invocation.text : invocation.script) = argv[at++];
  invocation.name = invocation.text_given ? argv.front() : invocation.script;
  if (invocation.text_given && at < argv.size()) invocation.name = argv[at++];
  for (; at < argv.size(); ++at) invocation.arguments.push_back(argv[at]);
  return invocation;
}

/// `uname -m` on the machine that the program is for (e_machine).
Machine machine_of(const elf::ElfFacts* facts) {
  if (facts == nullptr) return "";
  constexpr std::pair<unsigned, std::string_view> machines[] = {
      {62, "x86_64"}, {183, "aarch64"}, {3, "i686"}, {40, "armv7l"}, {21, "ppc64le"}, {22, "s390x"}, {243, "riscv64"}};
  for (const auto& [number, name] : machines)
    if (facts->machine == number) return std::string(name);
  return "";
}

/// Which of the executed programs are processes, and how surely.
class Selection {
 public:
  Selection(const Program& shell, bool text_given) : shell_(shell), text_given_(text_given) {}

  Next select(const ScriptRunner& runner) {
    const auto& all = runner.executed();
    const bool main_known = std::any_of(all.begin(), all.end(), [&](const Executed& e) { return is_likely_main(e); });
    // Of a script that starts programs in the background and waits, those are what it is there for.
    const bool waits = !main_known && runner.reaches_end();
    for (const auto& executed : all) add(executed, main_known, waits);
    next_.ends_without_exec = !next_.leads_to_main;
    return std::move(next_);
  }

 private:
  /// A shell executes the last command of `sh -c` in its own place.
  [[nodiscard]] bool takes_place(const Executed& e) const { return e.replaces_shell || (text_given_ && e.last); }
  [[nodiscard]] static bool is_main(const Executed& e) { return e.replaces_shell || e.last; }
  [[nodiscard]] static bool is_likely_main(const Executed& e) {
    return is_main(e) && (e.odds == Odds::expected || (e.odds == Odds::split && e.all_arguments));
  }

  void add(const Executed& executed, bool main_known, bool waits) {
    const bool everyday = has_word(everyday_programs, last_component(executed.command.argv.front()));
    const bool sure = is_main(executed) || executed.exec || (executed.background && !everyday) ||
                      (executed.named_by_variable && !everyday);
    if (!sure && everyday) return;
    const bool likely = sure && (executed.odds == Odds::expected || is_likely_main(executed) ||
                                 (executed.odds == Odds::split && is_main(executed) && !main_known));
    auto command = executed.command;
    const auto& parent = shell_.command;
    command.tier = weaker(parent.tier, likely ? Tier::likely : Tier::possible);
    const bool serves = is_main(executed) || (waits && executed.background && likely);
    command.role = serves ? parent.role : Role::helper;
    command.first_process = parent.first_process && takes_place(executed);
    if (likely && takes_place(executed)) next_.leads_to_main = true;
    next_.commands.push_back(std::move(command));
  }

  const Program& shell_;
  bool text_given_;
  Next next_;
};

}  // namespace

std::optional<Next> run_shell(const rootfs::FileSystem& files, const Program& program, std::size_t most_steps) {
  const auto& level = program.levels.back();
  if (!has_word(shells, level.name)) return std::nullopt;
  const auto invocation = read_invocation(level.argv);
  if (!invocation.valid) return std::nullopt;
  const auto dialect = has_word(bash_like, level.name) ? shell::Dialect::bash : shell::Dialect::posix;
  ScriptRunner::Script script{invocation.text, invocation.name, "", invocation.arguments, ""};
  if (invocation.login) script.profile = "/etc/profile";
  std::optional<rootfs::Found> file;
  if (!invocation.text_given) {
    file = files.find(absolute(program.command.working_directory, invocation.script));
    const auto text = file ? files.text(file->file) : std::nullopt;
    if (!text) return std::nullopt;
    script.text = *text;
    script.path = file->path;
  }
  ScriptRunner runner(files, program.command, {machine_of(files.elf(program.program.file)), dialect, most_steps});
  runner.run(script);
  auto next = Selection(program, invocation.text_given).select(runner);
  const auto add_script = [&](const rootfs::Found& found) {
    const auto same = [&](const rootfs::Found& other) { return other.file == found.file; };
    if (std::none_of(program.scripts.begin(), program.scripts.end(), same)) next.scripts.push_back(found);
  };
  if (file) add_script(*file);
  for (const auto& sourced : runner.sourced()) add_script(sourced);
  next.script_steps = runner.steps();
  if (runner.cut())
    next.notes.push_back({"commands-cut", script.path, "too many commands: the rest of the script is left out"});
  return next;
}

}  // namespace imgslim::entrypoint
