#include "imgslim/lint.h"
#include "support/catch.h"

using namespace imgslim;

TEST_CASE("the built-in rules load") {
  const auto rules = Ruleset::with({});
  if (!rules) FAIL(rules.error().message);
  CHECK(rules->rules().size() > 90);
}

TEST_CASE("every rule fires on its bad cases and on no good one") {
  const auto& rules = Ruleset::built_in();
  CHECK(rules.case_count() > 500);
  for (const auto& problem : rules.test()) FAIL_CHECK(problem);
}

namespace {

std::string rule_text(const std::string& bad, const std::string& good) {
  return R"({"id": "SL9990", "title": "t", "severity": "info", "profiles": ["slim"], "family": "style",
 "needs": "dockerfile", "match": {"instr": "RUN", "cmd": {"name": "cd"}}, "why": "w", "fix": "f",
 "tests": {"good": [")" +
         good + R"("], "bad": [")" + bad + R"("]}})";
}

}  // namespace

TEST_CASE("a rule that does not do what its own cases say is told with the case's place") {
  const auto rules = Ruleset::with({{"SL9990.json", rule_text("RUN true", "RUN cd /")}});
  REQUIRE(rules.has_value());
  const auto problems = rules->test();
  REQUIRE(problems.size() == 2);
  CHECK(problems[0] == "SL9990.json:3:42: SL9990 is silent on a bad case");
  CHECK(problems[1] == "SL9990.json:3:21: SL9990 fires on a good case");
}
