#include "dockerfile/dockerfile.h"

#include "support/catch.h"

using namespace imgslim;

TEST_CASE("continued lines, comments between them and heredocs belong to one instruction") {
  const auto file = dockerfile::parse(
      "# syntax=docker/dockerfile:1\n"
      "FROM debian:12 AS Base\r\n"
      "run apt-get update \\\n"
      "# a comment\n"
      "\n"
      "  && apt-get install -y gcc\n"
      "COPY <<EOF /etc/motd\n"
      "FROM inside\n"
      "EOF\n"
      "CMD [\"x\"]\n");
  REQUIRE(file.stages.size() == 1);
  CHECK(file.stages[0].name == "base");
  const auto& steps = file.stages[0].instructions;
  REQUIRE(steps.size() == 4);
  CHECK(steps[1].keyword == "RUN");
  CHECK(steps[1].arguments == "apt-get update   && apt-get install -y gcc");
  CHECK(steps[1].start_line == 3);
  CHECK(steps[1].end_line == 6);
  CHECK(steps[2].heredoc == "FROM inside\n");
  CHECK(steps[2].end_line == 9);
  CHECK(steps[3].start_line == 10);
}

TEST_CASE("the escape directive changes the continuation character") {
  const auto file = dockerfile::parse("# escape=`\nFROM x\nRUN dir C:\\ `\n  more\n");
  REQUIRE(file.stages.size() == 1);
  CHECK(file.stages[0].instructions[1].arguments == "dir C:\\   more");
}

TEST_CASE("the final image is made by its stage and the stages it builds from") {
  const auto file = dockerfile::parse(
      "ARG V=1\nFROM debian AS base\nRUN a\nFROM golang AS build\nRUN b\nFROM base\nCOPY --from=build /x /x\nCMD x\n");
  CHECK(file.global.size() == 1);
  const auto chain = dockerfile::final_stage_instructions(file);
  REQUIRE(chain.size() == 3);
  CHECK(chain[0].arguments == "a");
  CHECK(chain[1].keyword == "COPY");
  CHECK(chain[2].keyword == "CMD");
}

TEST_CASE("a file without FROM and an empty file have no final image") {
  CHECK(dockerfile::final_stage_instructions(dockerfile::parse("RUN x\n")).empty());
  CHECK(dockerfile::final_stage_instructions(dockerfile::parse("")).empty());
  CHECK(dockerfile::parse("FROM a\nRUN x \\").stages[0].instructions[1].end_line == 2);
}
