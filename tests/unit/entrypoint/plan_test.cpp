#include "entrypoint/plan.h"

#include "root.h"

using namespace imgslim;
using entrypoint::split_command;
using test::Lines;
using test::outline;
using test::Root;

TEST_CASE("an image without ENTRYPOINT and CMD has no command") {
  Root root;
  const auto plan = root.run({});
  CHECK(plan.no_command);
  CHECK(plan.processes.empty());
  CHECK(plan.failures.empty());
}

TEST_CASE("the user's command takes the place of CMD as docker run does") {
  Root root;
  root.programs({"usr/bin/tini", "usr/bin/a", "usr/bin/b"});
  image::ImageConfig config;
  config.entrypoint = {"tini", "--"};
  config.cmd = {"a"};
  CHECK(outline(root.plan(config)).back() == "certain main /usr/bin/a: a");
  CHECK(outline(root.plan(config, {std::vector<std::string>{"b", "x"}})).back() == "certain main /usr/bin/b: b x");
}

TEST_CASE("a shell form without a shell in the image is named as such") {
  Root root;
  const auto plan = root.run({"/bin/sh", "-c", "echo x"});
  REQUIRE(plan.failures.size() == 1);
  CHECK(plan.failures[0].obstacle == entrypoint::Obstacle::no_shell);
}

TEST_CASE("a health check is a process of its own") {
  Root root;
  root.programs({"usr/bin/app", "usr/bin/probe"});
  image::ImageConfig config;
  config.cmd = {"app"};
  config.healthcheck = {"CMD", "probe", "-q"};
  CHECK(outline(root.plan(config)) ==
        Lines{"certain main /usr/bin/app: app", "declared healthcheck /usr/bin/probe: probe -q"});
  config.healthcheck = {"NONE"};
  CHECK(root.plan(config).processes.size() == 1);
}

TEST_CASE("a command line of the user is split into words by quotes and backslashes") {
  CHECK(*split_command(" a 'b c' \"d\\\"$e\" f\\ g ''") == Lines{"a", "b c", "d\"$e", "f g", ""});
  CHECK(*split_command("\"a\\b\"") == Lines{"a\\b"});
  CHECK(split_command("")->empty());
  CHECK_FALSE(split_command("a 'b"));
  CHECK_FALSE(split_command("a \\"));
}
