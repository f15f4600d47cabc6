#include "entrypoint/wrappers.h"

#include "root.h"

using namespace imgslim;
using entrypoint::split_env_string;
using test::Lines;
using test::outline;
using test::Root;

namespace {

/// The command that is main in the end, all wrappers there.
std::string main_of(const std::vector<std::string>& argv) {
  Root root;
  root.programs({"usr/bin/app", "bin/sh"});
  for (const auto* name :
       {"tini",      "dumb-init", "catatonit",    "gosu",     "su-exec", "setpriv", "chpst",         "sudo", "nice",
        "nohup",     "timeout",   "stdbuf",       "numactl",  "taskset", "env",     "runuser",       "su",   "flock",
        "dockerize", "bundle",    "s6-setuidgid", "xvfb-run", "setarch", "ionice",  "wait-for-it.sh"})
    root.program(std::string("usr/bin/") + name);
  std::string main;
  for (const auto& process : root.run(argv).processes) {
    if (process.role != entrypoint::Role::main) continue;
    CHECK(main.empty());
    for (const auto& argument : process.argv) main += (main.empty() ? "" : " ") + argument;
  }
  return main;
}

}  // namespace

TEST_CASE("exec wrappers hand on what follows their options and operands") {
  CHECK(main_of({"tini", "--", "app", "-x"}) == "app -x");
  CHECK(main_of({"tini", "-gp", "SIGTERM", "-e143", "app"}) == "app");
  CHECK(main_of({"dumb-init", "-r", "15:3", "--rewrite=1:2", "-v", "app", "--", "y"}) == "app -- y");
  CHECK(main_of({"catatonit", "-g", "--", "app"}) == "app");
  CHECK(main_of({"gosu", "www:www", "app", "-u", "x"}) == "app -u x");
  CHECK(main_of({"su-exec", "1000", "app"}) == "app");
  CHECK(main_of({"setpriv", "--reuid", "redis", "--regid=redis", "--clear-groups", "--", "app", "a"}) == "app a");
  CHECK(main_of({"chpst", "-u", ":user", "-e/etc/env", "-P", "app"}) == "app");
  CHECK(main_of({"sudo", "-Eu", "www", "A=1", "app", "B=2"}) == "app B=2");
  CHECK(main_of({"nice", "-n", "10", "app"}) == "app");
  CHECK(main_of({"nice", "-10", "app"}) == "app");
  CHECK(main_of({"nohup", "app"}) == "app");
  CHECK(main_of({"timeout", "-k5", "--signal", "KILL", "10", "app"}) == "app");
  CHECK(main_of({"stdbuf", "-oL", "-e", "0", "app"}) == "app");
  CHECK(main_of({"numactl", "--interleave=all", "-C", "0-3", "app"}) == "app");
  CHECK(main_of({"taskset", "-c", "0-3", "app"}) == "app");
  CHECK(main_of({"ionice", "-c2", "-n", "7", "app"}) == "app");
  CHECK(main_of({"dockerize", "-wait", "tcp://db:1", "-timeout=60s", "app", "-wait"}) == "app -wait");
  CHECK(main_of({"bundle", "exec", "app", "s"}) == "app s");
  CHECK(main_of({"xvfb-run", "-a", "--server-args=-screen 0", "app"}) == "app");
  CHECK(main_of({"wait-for-it.sh", "db:1", "-t", "5", "--", "app", "x"}) == "app x");
  CHECK(main_of({"tini", "gosu", "u", "nice", "env", "app"}) == "app");
}

TEST_CASE("su and runuser run a shell, or with -u the command") {
  CHECK(main_of({"runuser", "-u", "www", "--", "app", "x"}) == "app x");
  CHECK(main_of({"su", "-s", "/bin/sh", "www", "-c", "exec app y"}) != "");
}

TEST_CASE("env changes the environment and looks the command up in the new PATH") {
  Root root;
  root.programs({"usr/bin/env", "usr/bin/app", "opt/app"});
  image::ImageConfig config;
  config.env = {"A=1", "B=2"};
  config.cmd = {"env", "-u", "A", "PATH=/opt", "C=3", "app"};
  const auto plan = root.plan(config);
  REQUIRE(plan.processes.size() == 2);
  CHECK(plan.processes[0].program.path == "/usr/bin/env");
  CHECK(plan.processes[0].role == entrypoint::Role::helper);
  CHECK(plan.processes[0].tier == Tier::certain);
  CHECK(plan.processes[1].program.path == "/opt/app");
  CHECK(plan.processes[1].environment == Lines{"B=2", "C=3", "HOME=/root", "PATH=/opt"});
  config.cmd = {"env", "-i", "D=4", "/usr/bin/app"};
  CHECK(root.plan(config).processes.back().environment == Lines{"D=4"});
  config.cmd = {"env", "-", "D=4", "app"};
  CHECK(root.plan(config).processes.back().environment == Lines{"D=4"});
  config.cmd = {"env", "-iS", "-u X app -x", "y"};
  CHECK(outline(root.plan(config)).back() == "certain main /usr/bin/app: app -x y");
}

TEST_CASE("#!/usr/bin/env keeps the script for the interpreter that it starts") {
  Root root;
  root.programs({"usr/bin/env", "usr/bin/python3"}).text("app.py", "#!/usr/bin/env python3\n");
  const auto plan = root.run({"/app.py", "x"});
  CHECK(outline(plan) == Lines{"certain helper /usr/bin/env: /usr/bin/env python3 /app.py x",
                               "certain main /usr/bin/python3: python3 /app.py x"});
  REQUIRE(plan.processes[1].scripts.size() == 1);
  CHECK(plan.processes[1].scripts[0].path == "/app.py");
}

TEST_CASE("the dynamic linker as a command is one process image with the program") {
  Root root;
  root.programs({"lib64/ld-linux-x86-64.so.2", "usr/bin/app"});
  const auto plan = root.run({"/lib64/ld-linux-x86-64.so.2", "--library-path", "/opt/lib", "/usr/bin/app", "x"});
  CHECK(outline(plan) == Lines{"certain main /usr/bin/app: /usr/bin/app x"});
  CHECK(plan.processes[0].environment[1] == "LD_LIBRARY_PATH=/opt/lib");
}

TEST_CASE("the string of env -S is split as coreutils does") {
  const entrypoint::Variables environment{{"V", "a b"}, {"E", ""}};
  CHECK(split_env_string("a  b\tc", environment) == Lines{"a", "b", "c"});
  CHECK(split_env_string("'a b' \"c 'd'\" e\\_f", environment) == Lines{"a b", "c 'd'", "e", "f"});
  CHECK(split_env_string("\"a\\_b\" 'x\\\\y\\n'", environment) == Lines{"a b", "x\\y\\n"});
  CHECK(split_env_string("${V} x\"${E}\" ${E} ${U}", environment) == Lines{"a b", "x", ""});
  CHECK(split_env_string("a #b", environment) == Lines{"a"});
  CHECK(split_env_string("a#b \\c d", environment) == Lines{"a#b"});
  CHECK(split_env_string("'' a", environment) == Lines{"", "a"});
}

TEST_CASE("Rscript becomes R's program with the arguments that bin/R gets") {
  Root root;
  root.programs({"bin/sh", "usr/bin/Rscript"}).directory("usr/lib").directory("usr/lib/R").directory("usr/lib/R/bin");
  root.directory("usr/lib/R/bin/exec").program("usr/lib/R/bin/exec/R").text("usr/lib/R/bin/R", "#!/bin/sh\n");
  const auto plan = root.run({"Rscript", "--vanilla", "/app/x.R", "1"});
  CHECK(
      outline(plan) ==
      Lines{
          "certain helper /usr/bin/Rscript: Rscript --vanilla /app/x.R 1",
          "declared helper /bin/sh: /bin/sh /usr/lib/R/bin/R --no-echo --no-restore --vanilla --file=/app/x.R --args 1",
          "declared main /usr/lib/R/bin/exec/R: /usr/lib/R/bin/exec/R --no-echo --no-restore --vanilla "
          "--file=/app/x.R --args 1"});
  const auto& environment = plan.processes.back().environment;
  CHECK(std::find(environment.begin(), environment.end(), "LD_LIBRARY_PATH=/usr/lib/R/lib") != environment.end());
}

TEST_CASE("erlexec becomes the emulator in BINDIR") {
  Root root;
  root.programs({"bin/sh"})
      .directory("usr/lib")
      .directory("usr/lib/erts")
      .programs({"usr/lib/erts/erlexec", "usr/lib/erts/beam.smp"});
  root.text(
      "usr/bin/erl",
      "#!/bin/sh\nBINDIR=/usr/lib/erts\nEMU=beam\nexport EMU\nexport BINDIR\nexec \"$BINDIR/erlexec\" ${1+\"$@\"}\n");
  CHECK(outline(root.run({"erl", "-noshell"})).back() ==
        "likely main /usr/lib/erts/beam.smp: /usr/lib/erts/beam.smp -noshell");
}

TEST_CASE("a process carries the user that a wrapper chose") {
  Root root;
  root.programs({"usr/bin/gosu", "usr/bin/setpriv", "usr/bin/app"});
  CHECK(root.run({"gosu", "www:www", "app"}).processes.back().user == "www");
  CHECK(root.run({"setpriv", "--reuid=redis", "app"}).processes.back().user == "redis");
}
