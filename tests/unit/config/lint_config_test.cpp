#include "config/gate_config.h"
#include "config/yaml.h"
#include "support/catch.h"

using namespace imgslim;
using namespace imgslim::config;

namespace {

std::string problem(std::string_view text) {
  const auto read = read_config(text, "c.yaml");
  return read ? std::string("none") : read.error().message;
}

}  // namespace

TEST_CASE("hadolint's keys become options, and its lists add to what is there") {
  LintConfig base;
  base.options.ignore = {"DL3001"};
  const auto read = read_hadolint_config(
      "ignored: [DL3008]\n"
      "override: {error: [DL3009], style: [SC2086]}\n"
      "trustedRegistries:\n  - docker.io\n"
      "label-schema: {author: text, version: raw}\n"
      "strict-labels: true\ndisable-ignore-pragma: true\nfailure-threshold: error\nformat: tty\nno-color: true\n",
      "h.yaml", base);
  REQUIRE(read.has_value());
  const auto& options = read->options;
  CHECK(options.ignore == std::vector<std::string>{"DL3001", "DL3008"});
  CHECK(options.severity.at("DL3009") == "error");
  CHECK(options.severity.at("SC2086") == "style");
  CHECK(options.trusted_registries == std::vector<std::string>{"docker.io"});
  CHECK(options.label_schema.at("version") == "text");
  CHECK((options.strict_labels && options.ignore_pragmas));
  CHECK(read->fail_on == "error");
  CHECK(read_hadolint_config("no-fail: true\n", "h.yaml", {})->fail_on == "none");
  CHECK(read_hadolint_config("", "h.yaml", {}).has_value());
}

TEST_CASE("an own configuration tells what is wrong and where") {
  CHECK(problem("version: 1\n") == "none");
  CHECK(problem("version: 1\nrules: {ignores: [a]}\n") ==
        "c.yaml:2:9: unknown key \"ignores\"; did you mean \"ignore\"?");
  CHECK(problem("version: 1\nlint: {}\nlint: {}\n") == "c.yaml:3:1: duplicate key \"lint\"");
  CHECK(problem("rules: {}\n") == "c.yaml:1:1: write \"version: 1\" first");
  CHECK(problem("version: 1\nlint:\n  strict-labels: yes\n") == "c.yaml:3:18: true or false is wanted here");
  CHECK(problem("version: 1\nrules:\n  ignore:\n    - {rule: SL1, reason: r, until: soon}\n")
            .starts_with("c.yaml:4:37: \"soon\" is no date"));
}

TEST_CASE("anchors, aliases, tags and broken YAML are refused with their place") {
  const auto error = [](std::string_view text) {
    const auto read = parse_yaml(text, "y");
    return read ? std::string("none") : read.error().message;
  };
  CHECK(error("a: &x 1\n") == "y:1:4: anchors are not read: write the value out");
  CHECK(error("a: &x 1\nb: *x\n").starts_with("y:1:4: anchors"));
  CHECK(error("a: !!int 1\n").ends_with("tags are not read"));
  CHECK(error("a: [1\n").starts_with("y:2:1:"));
  CHECK(error(std::string(100, '[')).starts_with("y:1:"));
}

TEST_CASE("plain words are booleans and nulls, quoted ones and numbers are texts") {
  const auto read = parse_yaml("a: true\nb: \"true\"\nc: 012\nd:\ne: [x, null]\n", "y");
  REQUIRE(read.has_value());
  CHECK(read->find("a")->kind == json::Located::Kind::boolean);
  CHECK(read->find("b")->text == "true");
  CHECK(read->find("b")->kind == json::Located::Kind::string);
  CHECK(read->find("c")->text == "012");
  CHECK(read->find("d")->kind == json::Located::Kind::null);
  CHECK(read->find("e")->items.size() == 2);
  CHECK(read->find("e")->line == 5);
}
