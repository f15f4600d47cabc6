/// Entrypoint scripts of the shapes that images have.
#include "entrypoint/plan.h"
#include "root.h"

using namespace imgslim;
using test::Lines;
using test::Root;

namespace {

/// "tier role name arguments…" of each process, in order; the shell itself left out.
Lines processes_of(const entrypoint::Plan& plan) {
  Lines lines;
  for (const auto& line : test::outline(plan))
    if (line.find("/bin/sh:") == std::string::npos && line.find("/bin/bash:") == std::string::npos)
      lines.push_back(line);
  return lines;
}

Root shell_root() {
  Root root;
  root.programs({"bin/sh", "bin/bash", "usr/bin/app", "usr/bin/other", "usr/bin/gosu", "usr/bin/id", "usr/bin/sleep"});
  root.text("etc/passwd", "root:x:0:0::/root:/bin/sh\nwww:x:33:33::/var/www:/bin/sh\n", 0644);
  std::string lines;
  for (int i = 0; i < 2'500; ++i) lines += "x\n";
  root.text("etc/long", lines + "app\n", 0644);
  return root;
}

/// Processes of a script that is the entrypoint with these arguments.
Lines run_script(const std::string& text, std::vector<std::string> arguments = {"app"},
                 image::ImageConfig config = {}) {
  auto root = shell_root();
  root.text("entry.sh", text);
  config.entrypoint = {"/entry.sh"};
  config.cmd = std::move(arguments);
  return processes_of(root.plan(config));
}

const Lines app_alone = {"likely main /usr/bin/app: app"};

}  // namespace

TEST_CASE("a shell that execs is a helper that surely ran, what it execs is likely the main program") {
  auto root = shell_root();
  root.text("entry.sh", "#!/bin/sh\nset -e\nexec \"$@\"\n");
  const auto plan = root.run({"/entry.sh"}, {"app", "-x"});
  CHECK(test::outline(plan) ==
        Lines{"certain helper /bin/sh: /bin/sh /entry.sh app -x", "likely main /usr/bin/app: app -x"});
  CHECK(plan.execs_arguments);
  REQUIRE(plan.processes[0].scripts.size() == 1);
  CHECK(plan.processes[1].chain.back().how == "PATH");
}

TEST_CASE("eval of an exec whose arguments are not all known executes the program") {
  const std::string unknown = "\xe2\x80\xa6";
  CHECK(run_script("#!/bin/sh\noptions=$(cat /run/options)\ncommand=\"exec \\\"app\\\" -x\"\neval \"$command\" "
                   "\"$options\"\n") == Lines{"likely main /usr/bin/app: app -x " + unknown});
  CHECK(run_script("#!/bin/sh\nprogram=$(cat /run/program)\neval \"exec $program -x\"\n").empty());
}

TEST_CASE("an argument that is partly unknown is as it was written in all else") {
  const std::string unknown = "\xe2\x80\xa6";
  CHECK(run_script("#!/bin/bash\nexec app \"-Dlog=z-$HOSTNAME.log\" \"*[$HOSTNAME]!\" -x\n") ==
        Lines{"likely main /usr/bin/app: app -Dlog=z-" + unknown + ".log *[" + unknown + "]! -x"});
}

TEST_CASE("what the shell has built in executes no program") {
  auto root = shell_root();
  root.program("usr/bin/echo");
  CHECK(processes_of(root.run({"/bin/bash", "-c", "sleep 1; echo done"})).empty());
  auto other = shell_root();
  other.program("usr/bin/echo");
  CHECK(processes_of(other.run({"/bin/bash", "-c", "exec echo done"})) ==
        Lines{"likely main /usr/bin/echo: echo done"});
}

TEST_CASE("a shell that does not exec stays as PID 1") {
  auto root = shell_root();
  root.text("entry.sh", "#!/bin/sh\napp --flag\n");
  const auto plan = root.run({"/entry.sh"});
  CHECK(test::outline(plan) ==
        Lines{"certain main /bin/sh: /bin/sh /entry.sh", "likely main /usr/bin/app: app --flag"});
  CHECK_FALSE(plan.execs_arguments);
}

TEST_CASE("sh -c executes its last command in its own place") {
  auto root = shell_root();
  const auto plan = root.run({"/bin/sh", "-c", "other && app -p ${PORT:-80}"});
  CHECK(test::outline(plan) == Lines{"certain helper /bin/sh: /bin/sh -c other && app -p ${PORT:-80}",
                                     "likely main /usr/bin/app: app -p 80", "possible helper /usr/bin/other: other"});
  CHECK(plan.execs_arguments);
}

TEST_CASE("a database's entrypoint: options become arguments, root steps down and starts over") {
  const std::string text = R"sh(#!/usr/bin/env bash
set -Eeo pipefail
file_env() {
  local var="$1" def="${2:-}"
  local val="$def"
  if [ "${!var:-}" ]; then val="${!var}"; fi
  export "$var"="$val"
}
is_sourced() { [ "${#FUNCNAME[@]}" -ge 2 ] && [ "${FUNCNAME[0]}" = 'is_sourced' ]; }
want_help() { local arg; for arg; do case "$arg" in -'?'|--help) return 0 ;; esac; done; return 1; }
main() {
  if [ "${1:0:1}" = '-' ]; then set -- app "$@"; fi
  if [ "$1" = 'app' ] && ! want_help "$@"; then
    file_env APP_PASSWORD
    if [ "$(id -u)" = '0' ]; then exec gosu www "$BASH_SOURCE" "$@"; fi
    if [ -z "$APP_PASSWORD" ]; then echo >&2 'no password'; exit 1; fi
    PGPASSWORD=x other --init
  fi
  exec "$@"
}
if ! is_sourced; then main "$@"; fi
)sh";
  auto root = shell_root();
  root.program("usr/bin/env").symlink("usr/bin/bash", "/bin/bash").text("entry.sh", text);
  const auto lines = test::outline(root.run({"/entry.sh"}, {"--port", "1"}));
  CHECK(lines == Lines{"certain helper /usr/bin/env: /usr/bin/env bash /entry.sh --port 1",
                       "certain helper /bin/bash: bash /entry.sh --port 1",
                       "likely helper /usr/bin/gosu: gosu www /entry.sh app --port 1",
                       "likely helper /usr/bin/env: /usr/bin/env bash /entry.sh app --port 1",
                       "likely helper /bin/bash: bash /entry.sh app --port 1", "likely main /usr/bin/app: app --port 1",
                       "possible helper /usr/bin/other: other --init"});
}

TEST_CASE("a cache's entrypoint: the first argument decides") {
  const std::string text = R"sh(#!/bin/sh
set -e
if [ "${1#-}" != "$1" ] || [ "${1%.conf}" != "$1" ]; then set -- app "$@"; fi
if [ "$1" = 'app' -a "$(id -u)" = '0' ]; then
  find . \! -user www -exec chown www '{}' +
  exec gosu www "$0" "$@"
fi
exec "$@"
)sh";
  CHECK(run_script(text, {"x.conf"}) ==
        Lines{"likely helper /usr/bin/gosu: gosu www /entry.sh app x.conf", "likely main /usr/bin/app: app x.conf"});
  CHECK(run_script(text, {"other", "y"}) == Lines{"likely main /usr/bin/other: other y"});
}

TEST_CASE("a web server's entrypoint: scripts of a directory are run or sourced before") {
  auto root = shell_root();
  root.text("entry.sh", R"sh(#!/bin/sh
set -e
if [ "$1" = "app" ] || [ "$1" = "app-debug" ]; then
  if find "/entry.d/" -mindepth 1 -print -quit 2>/dev/null | read v; then
    for f in /entry.d/*; do
      case "$f" in
        *.envsh) . "$f" ;;
        *.sh) if [ -x "$f" ]; then "$f"; else echo "skipped $f"; fi ;;
        *) echo ignored ;;
      esac
    done
  fi
fi
exec "$@"
)sh");
  root.text("entry.d/10-a.sh", "#!/bin/sh\nother --from-a\n").text("entry.d/20-b.envsh", "#!/bin/sh\nexport B=2\n");
  const auto plan = root.run({"/entry.sh"}, {"app"});
  const auto lines = test::outline(plan);
  CHECK(lines.at(0) == "certain helper /bin/sh: /bin/sh /entry.sh app");
  CHECK(lines.at(1) == "likely main /usr/bin/app: app");
  CHECK(std::find(lines.begin(), lines.end(), "possible helper /usr/bin/other: other --from-a") != lines.end());
}

TEST_CASE("unset variables choose the branch that is expected, the other one is possible") {
  const std::string text = R"sh(#!/bin/sh
case "$MODE" in
  worker) exec other --work ;;
  *) exec app --serve ;;
esac
)sh";
  CHECK(run_script(text, {}) ==
        Lines{"likely main /usr/bin/app: app --serve", "possible main /usr/bin/other: other --work"});
  image::ImageConfig config;
  config.env = {"MODE=worker"};
  CHECK(run_script(text, {}, config) == Lines{"likely main /usr/bin/other: other --work"});
}

TEST_CASE("a check that ends in exit does not end the plan") {
  CHECK(run_script("#!/bin/sh\nif [ -z \"$KEY\" ]; then echo missing; exit 1; fi\nexec app\n") == app_alone);
  CHECK(run_script("#!/bin/sh\n[ -n \"$KEY\" ] || exit 1\nexec app\n") == app_alone);
  CHECK(run_script("#!/bin/sh\n: \"${KEY:?is not set}\"\nexec app\n") == app_alone);
}

TEST_CASE("unknown conditions lead both ways") {
  CHECK(run_script("#!/bin/sh\nif curl -f x; then set -- gosu www \"$@\"; fi\nexec \"$@\"\n") ==
        Lines{"likely helper /usr/bin/gosu: gosu www app", "likely main /usr/bin/app: app"});
  CHECK(run_script("#!/bin/sh\nif curl -f x; then exec other; fi\nexec app\n") ==
        Lines{"likely main /usr/bin/app: app", "possible main /usr/bin/other: other"});
  CHECK(run_script("#!/bin/sh\nif curl -f x; then exec other; else exec app; fi\n") ==
        Lines{"likely main /usr/bin/other: other", "likely main /usr/bin/app: app"});
}

TEST_CASE("variables, defaults and substitutions name programs") {
  CHECK(run_script("#!/bin/sh\nHTTPD=${HTTPD:-/usr/bin/app}\n$HTTPD -k start\ntrue\n") ==
        Lines{"likely helper /usr/bin/app: /usr/bin/app -k start"});
  CHECK(run_script("#!/bin/sh\ndir=$(cd \"$(dirname \"$0\")\" && pwd)\nexec \"$dir\"/usr/bin/app\n")
            .at(0)
            .ends_with("/usr/bin/app"));
  CHECK(run_script("#!/bin/bash\nargs=(-a \"b c\")\nargs+=(-d)\nexec app \"${args[@]}\"\n", {}) ==
        Lines{"likely main /usr/bin/app: app -a b c -d"});
  CHECK(run_script("#!/bin/sh\nexec app $OPTS \"$(date)\" $(date)\n", {}) ==
        Lines{"likely main /usr/bin/app: app \xe2\x80\xa6"});
  CHECK(run_script("#!/bin/sh\nexec app ${1+\"$@\"}\n", {"a b"}) == Lines{"likely main /usr/bin/app: app a b"});
}

TEST_CASE("loops over arguments, shift and functions are followed") {
  const std::string text = R"sh(#!/bin/sh
while [ $# -gt 0 ]; do
  case "$1" in
    -u) user="$2"; shift 2 ;;
    --) shift; break ;;
    *) break ;;
  esac
done
launch() { exec gosu "$user" "$@"; }
launch "$@"
)sh";
  CHECK(run_script(text, {"-u", "www", "--", "app", "x"}) ==
        Lines{"likely helper /usr/bin/gosu: gosu www app x", "likely main /usr/bin/app: app x"});
}

TEST_CASE("programs in the background are what a waiting script is there for") {
  CHECK(run_script("#!/bin/sh\nother &\napp &\nwait -n\nexit $?\n") ==
        Lines{"likely main /usr/bin/other: other", "likely main /usr/bin/app: app"});
  CHECK(run_script("#!/bin/sh\nother &\nexec app\n") ==
        Lines{"likely main /usr/bin/app: app", "likely helper /usr/bin/other: other"});
}

TEST_CASE("the last command is main, also before exit, trap or a failing check") {
  CHECK(run_script("#!/bin/sh\napp\nexit $?\n") == app_alone);
  CHECK(run_script("#!/bin/sh\napp || exit 1\n") == app_alone);
  CHECK(run_script("#!/bin/sh\nother\necho failed\nexit 1\n") == Lines{"possible helper /usr/bin/other: other"});
  CHECK(run_script("#!/bin/sh\nif other; then app; fi\n") ==
        Lines{"likely main /usr/bin/app: app", "possible helper /usr/bin/other: other"});
  CHECK(run_script("#!/bin/sh\n(cd /tmp && app) 2>&1 | tee log\n") == app_alone);
}

TEST_CASE("exported variables reach the program") {
  auto root = shell_root();
  root.text("entry.sh", "#!/bin/sh\nexport LD_PRELOAD=/usr/lib/x.so\nA=1\nB=2 exec \"$@\"\n");
  const auto plan = root.run({"/entry.sh"}, {"app"});
  CHECK(plan.processes.at(1).environment == Lines{"B=2", "HOME=/root", "LD_PRELOAD=/usr/lib/x.so",
                                                  "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"});
}

TEST_CASE("sourced files are read, from PATH too") {
  auto root = shell_root();
  root.text("usr/bin/env.sh", "#!/bin/sh\nprog=app\n").text("entry.sh", "#!/bin/sh\n. env.sh\nexec $prog\n");
  const auto plan = root.run({"/entry.sh"});
  CHECK(processes_of(plan) == app_alone);
  CHECK(plan.processes[0].scripts.size() == 2);
}

TEST_CASE("scripts that run themselves or loop for ever end") {
  CHECK(run_script("#!/bin/sh\nexec \"$0\" \"$@\"\n").empty());
  CHECK(run_script("#!/bin/sh\nexec \"$0\" x \"$@\"\n").empty());
  CHECK(run_script("#!/bin/sh\nwhile true; do app; sleep 1; done\n").at(0) == "likely main /usr/bin/sleep: sleep 1");
  CHECK(run_script("#!/bin/sh\nf() { f; f; }\nf\nexec app\n") == app_alone);
  CHECK(run_script("#!/bin/sh\nx=a; while true; do x=$x$x; done\n").empty());
}

TEST_CASE("a start script that resolves its own link with ls and expr finds what stands beside it") {
  auto root = shell_root();
  root.text("opt/app/bin/start",
            "#!/bin/sh\nPRG=\"$0\"\nwhile [ -h \"$PRG\" ]; do\n  ls=`ls -ld \"$PRG\"`\n"
            "  link=`expr \"$ls\" : '.*-> \\(.*\\)$'`\n  if expr \"$link\" : '/.*' > /dev/null; then\n"
            "    PRG=\"$link\"\n  else\n    PRG=`dirname \"$PRG\"`/\"$link\"\n  fi\ndone\n"
            ". \"`dirname \"$PRG\"`/setup\"\nexec \"$JAVACMD\"\n");
  root.text("opt/app/bin/setup", "#!/bin/sh\nJAVACMD=`echo /usr/bin/app/ | sed -e 's/\\/$//'`\n", 0644);
  root.symlink("etc/alternatives/start", "/opt/app/bin/start").symlink("entry", "etc/alternatives/start");
  CHECK(processes_of(root.run({"/entry"})) == Lines{"likely main /usr/bin/app: /usr/bin/app"});
}

TEST_CASE("a pipeline that reads a line of a file tells which program is meant") {
  auto root = shell_root();
  root.text("any",
            "#!/bin/bash\nNAMES=\"`head \"$1\" | grep -i '^--[[:space:]]*programs[[:space:]]*:' \\\n"
            "  | cut -d : -f 2- | sed 's/^[[:space:]]*//'`\"\n"
            "for n in $NAMES; do\n  if [ -x \"/usr/bin/$n\" ]; then exec /usr/bin/$n \"$@\"; fi\ndone\n");
  root.text("entry", "#!/any\n-- Programs: missing other app\n");
  CHECK(processes_of(root.run({"/entry"})) == Lines{"likely main /usr/bin/other: /usr/bin/other /entry"});
}

TEST_CASE("filters print what they print here, and nothing is known of others") {
  const auto program_of = [](const std::string& pipeline) {
    const auto lines = run_script("#!/bin/sh\nexec \"$(" + pipeline + ")\"\n");
    return lines.empty() ? std::string() : lines.front();
  };
  const std::string app = "likely main /usr/bin/app: app", other = "likely main /usr/bin/other: other";
  CHECK(program_of("echo x:app:y | cut -d: -f2") == app);
  CHECK(program_of("echo 'x app y' | awk '{ print $2 }'") == app);
  CHECK(program_of("echo x=app | awk -F= '{print $2}'") == app);
  CHECK(program_of("echo APP | tr '[:upper:]' '[:lower:]'") == app);
  CHECK(program_of("echo a-p-p | tr -d -- -") == app);
  CHECK(program_of("printf '%s\\n' app | cat") == app);
  CHECK(program_of("grep -v '^#' /etc/passwd | tail -n 1 | sed -n 's/^www:.*/other/p'") == other);
  CHECK(program_of("head -1 /etc/passwd | sed 's/.*/app/'") == app);
  for (const auto* pipeline : {"echo app | sort", "echo app | sed d", "echo app | awk '{ print toupper($1) }'",
                               "echo app | grep -c app", "echo app | cut -c1-3", "cat /run/x | sed 's/.*/app/'"})
    CHECK(program_of(pipeline).empty());
}

TEST_CASE("of a text with too many lines a filter tells no more than its first lines can") {
  const auto program_of = [](const std::string& pipeline) {
    const auto lines = run_script("#!/bin/sh\nexec \"$(" + pipeline + ")\"\n");
    return lines.empty() ? std::string() : lines.front();
  };
  CHECK(program_of("head -n 1 /etc/long | sed 's/x/app/'") == "likely main /usr/bin/app: app");
  for (const auto* pipeline : {"tail -n 1 /etc/long", "grep app /etc/long", "sed -n 's/app/app/p' /etc/long",
                               "cut -d: -f1 /etc/long | head -n 1 | sed 's/x/app/'"})
    CHECK(program_of(pipeline).empty());
}
