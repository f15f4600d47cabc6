#include <algorithm>

#include "imgslim/lint.h"
#include "support/catch.h"

using namespace imgslim;

namespace {

std::string rules_of(std::string text, LintOptions options = {}) {
  options.select = {"DL3004", "DL4000", "MaintainerDeprecated", "LegacyKeyValueFormat"};
  options.profile = "compat";
  LintSource source;
  source.path = "Dockerfile";
  source.text = std::move(text);
  const auto result = Ruleset::built_in().lint(source, options);
  REQUIRE(result.has_value());
  std::string out;
  for (const auto& finding : result->findings)
    out += std::to_string(*finding.location.line) + ":" + finding.rule + (finding.severity == "error" ? "! " : " ");
  return out;
}

}  // namespace

TEST_CASE("a pragma reaches the next line only, and no comment may stand between") {
  CHECK(rules_of("# hadolint ignore=DL3004\nRUN sudo a\nRUN sudo b\n") == "3:DL3004! ");
  CHECK(rules_of("# hadolint ignore=DL3004\n# other\nRUN sudo a\n") == "3:DL3004! ");
  CHECK(rules_of("# imgslim ignore=DL3004 reason=\"x\"\n# other\nRUN sudo a\n").empty());
  CHECK(rules_of("RUN true \\\n# hadolint ignore=DL3004\n && sudo b\n") == "3:DL3004! ");
}

TEST_CASE("stage and global pragmas reach the stage and the file") {
  const std::string two = "FROM a\nRUN sudo a\nFROM b\nRUN sudo b\n";
  CHECK(rules_of("# hadolint stage ignore=DL3004\n" + two) == "5:DL3004! ");
  CHECK(rules_of("# hadolint global ignore=DL3004\n" + two).empty());
  CHECK(rules_of("# imgslim stage ignore=DL3004 reason=\"x\"\n" + two) == "5:DL3004! ");
}

TEST_CASE("each tool's comment counts for its own ids in the compat profile") {
  CHECK(rules_of("FROM a\n# hadolint ignore=DL4000\nMAINTAINER me\n") == "3:MaintainerDeprecated ");
  CHECK(rules_of("FROM a\n# check=skip=MaintainerDeprecated\nMAINTAINER me\n") == "3:DL4000! ");
}

TEST_CASE("the check directive skips BuildKit's rules for the file and makes the rest errors") {
  CHECK(rules_of("# check=skip=all\nFROM a\nENV a b\nRUN sudo x\n") == "4:DL3004! ");
  CHECK(rules_of("# check=skip=LegacyKeyValueFormat\nFROM a\nENV a b\n").empty());
  CHECK(rules_of("# check=error=true\nFROM a\nENV a b\n") == "3:LegacyKeyValueFormat! ");
  LintOptions options;
  options.build_arguments["BUILDKIT_DOCKERFILE_CHECK"] = "skip=all";
  CHECK(rules_of("# check=error=true\nFROM a\nENV a b\n", options).empty());
}

TEST_CASE("pragmas can be switched off, and what they hide is counted") {
  LintOptions options;
  options.ignore_pragmas = true;
  CHECK(rules_of("# hadolint ignore=DL3004\nRUN sudo a\n", options) == "2:DL3004! ");
  LintSource source{"Dockerfile", "# hadolint ignore=DL3004\nRUN sudo a\n", {}, {}, false};
  CHECK(Ruleset::built_in().lint(source, {})->suppressed == 1);
}

TEST_CASE("rules of one smell give one finding in the slim profile") {
  LintSource source{"Dockerfile", "FROM a:1\nMAINTAINER me\n", {}, {}, false};
  LintOptions options;
  options.select = {"DL4000", "MaintainerDeprecated"};
  const auto result = Ruleset::built_in().lint(source, options);
  REQUIRE(result.has_value());
  REQUIRE(result->findings.size() == 1);
  CHECK(result->findings[0].rule == "DL4000");
  CHECK(result->findings[0].aliases == std::vector<std::string>{"MaintainerDeprecated"});
}
