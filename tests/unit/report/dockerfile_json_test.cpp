#include "report/dockerfile_json.h"

#include <nlohmann/json.hpp>

#include "dockerfile/parse.h"
#include "support/catch.h"

namespace imgslim::report {
namespace {

nlohmann::json tree_of(std::string_view text) {
  return nlohmann::json::parse(write_dockerfile_json("Dockerfile", dockerfile::parse(text)));
}

TEST_CASE("the tree of a Dockerfile is JSON that names places by byte, line and column") {
  const auto tree = tree_of(
      "# escape=`\nFROM a AS b\n# note\nCOPY --from=b x <<E /d\nbody\nE\nENV k=v\nRUN --mount=type=cache,dst=/c "
      "[\"r\"]\n"
      "ONBUILD HEALTHCHECK CMD t `\n\n  u\nBAD\n");
  CHECK(tree["schema"] == "imgslim.dockerfile/1");
  CHECK(tree["escape"] == "`");
  CHECK(tree["directives"][0]["name"] == "escape");
  CHECK(tree["comments"][0]["text"] == "note");
  const auto& steps = tree["instructions"];
  REQUIRE(steps.size() == 6);
  CHECK(steps[0]["base"]["text"] == "a");
  CHECK(steps[0]["alias"]["span"] == nlohmann::json{{"begin", 21}, {"end", 22}, {"line", 2}, {"column", 11}});
  CHECK(steps[1]["flags"][0]["value"] == "b");
  CHECK(steps[1]["sources"][1]["heredoc"] == 0);
  CHECK(steps[1]["destination"]["text"] == "/d");
  CHECK(steps[1]["heredocs"][0]["body"] == "body\n");
  CHECK(steps[1]["comments"] == nlohmann::json{0});
  CHECK(steps[1]["end_line"] == 6);
  CHECK(steps[2]["pairs"][0]["value"]["text"] == "v");
  CHECK(steps[3]["form"] == "json");
  CHECK(steps[3]["mounts"][0]["fields"][1]["name"] == "target");
  CHECK(steps[4]["onbuild"][0]["type"]["text"] == "CMD");
  CHECK(steps[4]["blank_lines"] == nlohmann::json{10});
  CHECK(tree["stages"][0]["end_instruction"] == 6);
  CHECK(tree["problems"][0]["kind"] == "unknown-instruction");
}

TEST_CASE("text stands in the tree as in the file") {
  const auto tree = tree_of("FROM a\nRUN dir C:\\x \"q\"\t\xC3\xA9\n");
  CHECK(tree["instructions"][1]["words"][0]["text"] == "dir C:\\x \"q\"\t\xC3\xA9");
}

TEST_CASE("text that is no UTF-8 still makes valid JSON") {
  CHECK(tree_of("FROM \xFF\x01\n")["instructions"][0]["base"]["text"] == "\xEF\xBF\xBD\x01");
}

}  // namespace
}  // namespace imgslim::report
