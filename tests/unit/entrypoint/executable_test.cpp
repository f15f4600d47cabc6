#include "entrypoint/executable.h"

#include "root.h"

using namespace imgslim;
using entrypoint::Obstacle;
using entrypoint::read_shebang;
using test::Lines;
using test::outline;
using test::Root;

TEST_CASE("a command name is searched in PATH, the default one when the config states none") {
  Root root;
  root.programs({"usr/bin/redis-server", "opt/tool"});
  CHECK(outline(root.run({"redis-server"}, {"--port", "1"})) ==
        Lines{"certain main /usr/bin/redis-server: redis-server --port 1"});
  image::ImageConfig config;
  config.cmd = {"tool"};
  config.env = {"PATH=/nowhere", "PATH=/usr/bin:/opt"};
  CHECK(outline(root.plan(config)) == Lines{"certain main /opt/tool: tool"});
  config.env = {"PATH="};
  const auto plan = root.plan(config);
  REQUIRE(plan.failures.size() == 1);
  CHECK(plan.failures[0].obstacle == Obstacle::not_found);
}

TEST_CASE("a name with a slash is taken from the working directory") {
  Root root;
  root.program("opt/app/run");
  image::ImageConfig config;
  config.cmd = {"app/run"};
  config.working_dir = "/opt";
  const auto plan = root.plan(config);
  REQUIRE(plan.processes.size() == 1);
  CHECK(plan.processes[0].program.path == "/opt/app/run");
  CHECK(plan.processes[0].invoked == "/opt/app/run");
  CHECK(plan.processes[0].working_directory == "/opt");
}

TEST_CASE("PATH skips what has no x bit and names it when nothing else is found") {
  Root root;
  root.program("usr/local/bin/tool", 0644).program("usr/bin/tool").program("usr/local/bin/other", 0644);
  CHECK(outline(root.run({"tool"})) == Lines{"certain main /usr/bin/tool: tool"});
  const auto plan = root.run({"other"});
  REQUIRE(plan.failures.size() == 1);
  CHECK(plan.failures[0].obstacle == Obstacle::not_executable);
  CHECK(plan.failures[0].path == "/usr/local/bin/other");
}

TEST_CASE("symlinks of update-alternatives lead to the program, which keeps the name it was called by") {
  Root root;
  root.program("usr/lib/jvm/bin/java").directory("etc").directory("etc/alternatives");
  root.symlink("etc/alternatives/java", "/usr/lib/jvm/bin/java").symlink("usr/bin/java", "/etc/alternatives/java");
  const auto plan = root.run({"java"}, {"-jar", "a.jar"});
  CHECK(outline(plan) == Lines{"certain main /usr/lib/jvm/bin/java: java -jar a.jar"});
  CHECK(plan.processes[0].invoked == "/usr/bin/java");
  REQUIRE(plan.processes[0].chain.size() == 2);
  CHECK(plan.processes[0].chain[0].how == "ENTRYPOINT");
  CHECK(plan.processes[0].chain[1].how == "PATH");
  CHECK(plan.processes[0].chain[1].path == "/usr/bin/java");
}

TEST_CASE("the applet of a multi-call program is argv[0], or argv[1] after its own name") {
  Root root;
  root.program("bin/busybox").symlink("bin/httpd", "/bin/busybox");
  const auto by_link = root.run({"httpd"}, {"-f"});
  CHECK(outline(by_link) == Lines{"certain main /bin/busybox: httpd -f"});
  CHECK(by_link.processes[0].applet == "httpd");
  const auto by_name = root.run({"busybox", "httpd", "-f"});
  CHECK(outline(by_name) == Lines{"certain main /bin/busybox: httpd -f"});
  CHECK(by_name.processes[0].applet == "httpd");
}

TEST_CASE("a #! line is read as the kernel reads it") {
  CHECK(read_shebang("#!/bin/sh\n")->interpreter == "/bin/sh");
  CHECK_FALSE(read_shebang("#!/bin/sh\n")->argument);
  CHECK(read_shebang("#! \t/usr/bin/env  -S  a b \t\nx")->argument == "-S  a b");
  CHECK(read_shebang("#!/bin/sh")->interpreter == "/bin/sh");
  CHECK(read_shebang("#!/bin/sh\r\n")->interpreter == "/bin/sh\r");
  CHECK_FALSE(read_shebang("#!\n/bin/sh\n"));
  CHECK_FALSE(read_shebang("#!   \n"));
  CHECK_FALSE(read_shebang("# !/bin/sh\n"));
  const std::string long_name(300, 'x');
  CHECK_FALSE(read_shebang("#!/" + long_name + "\n"));
  CHECK(read_shebang("#!/bin/x " + long_name + "\n")->argument == long_name.substr(0, 256 - 9));
}

TEST_CASE("a script is run by its interpreter, which may be a script again") {
  Root root;
  root.program("usr/bin/awk")
      .text("usr/bin/inner", "#!/usr/bin/awk -f\n")
      .text("usr/bin/outer", "#!/usr/bin/inner  a b\n");
  const auto plan = root.run({"outer"}, {"x"});
  CHECK(outline(plan) == Lines{"certain main /usr/bin/awk: /usr/bin/awk -f /usr/bin/inner a b /usr/bin/outer x"});
  REQUIRE(plan.processes[0].scripts.size() == 2);
  CHECK(plan.processes[0].scripts[0].path == "/usr/bin/outer");
  CHECK(plan.processes[0].scripts[1].path == "/usr/bin/inner");
}

TEST_CASE("a script that cannot be started is named with its obstacle") {
  Root root;
  root.program("usr/bin/awk").text("cr", "#!/usr/bin/awk\r\n").text("missing", "#!/usr/bin/python3\n");
  root.text("plain", "echo hello\n").text("loop", "#!/loop\n").text("mode", "#!/usr/bin/awk\n", 0644);
  const auto obstacle = [&](const char* command) {
    const auto plan = root.run({command});
    REQUIRE(plan.failures.size() == 1);
    CHECK(plan.processes.empty());
    CHECK(plan.failures[0].path == command);
    return plan.failures[0].obstacle;
  };
  CHECK(obstacle("/cr") == Obstacle::carriage_return);
  CHECK(obstacle("/missing") == Obstacle::no_interpreter);
  CHECK(obstacle("/plain") == Obstacle::not_a_program);
  CHECK(obstacle("/loop") == Obstacle::interpreter_loop);
  CHECK(obstacle("/mode") == Obstacle::not_executable);
}

TEST_CASE("no more than five interpreters are followed, as in the kernel") {
  Root root;
  root.program("usr/bin/awk").text("s1", "#!/usr/bin/awk\n");
  for (int i = 2; i <= 6; ++i) root.text("s" + std::to_string(i), "#!/s" + std::to_string(i - 1) + "\n");
  CHECK(root.run({"/s5"}).processes.size() == 1);
  CHECK(root.run({"/s6"}).failures.size() == 1);
}
