#include "imgslim/budget.h"
#include "support/catch.h"

using namespace imgslim;

namespace {

Report report_of(std::uint64_t payload, std::uint64_t wasted) {
  Report report;
  report.totals.payload_bytes = payload;
  report.totals.wasted_bytes = wasted;
  report.totals.compressed_bytes_estimate = payload / 2;
  report.findings.emplace();
  return report;
}

Verdict judged(const Report& report, std::string_view text, const char* name, const Report* baseline = nullptr) {
  BudgetLimit limit{name, "", 0, {}, "test"};
  if (limit.name == "growth") limit.subject = "unpacked";
  REQUIRE(parse_limit(text, limit).has_value());
  Budgets budgets;
  budgets.limits = {limit};
  budgets.fail_on = "none";
  return judge(report, budgets, {baseline, "main", nullptr});
}

}  // namespace

TEST_CASE("a value equal to its limit passes") {
  CHECK(judged(report_of(1000, 0), "1000", "unpacked").passed);
  CHECK_FALSE(judged(report_of(1001, 0), "1000", "unpacked").passed);
}

TEST_CASE("a size and a percentage must both be passed to fail, at every magnitude") {
  CHECK(judged(report_of(1000, 50), "10|5%", "wasted").passed);
  CHECK_FALSE(judged(report_of(1000, 51), "10|5%", "wasted").passed);
  CHECK(judged(report_of(1000, 60), "60|5%", "wasted").passed);
  constexpr auto huge = std::uint64_t{1} << 62;
  CHECK(judged(report_of(huge, huge / 2), "1|50%", "wasted").passed);
  CHECK_FALSE(judged(report_of(huge, huge / 2 + 1'000'000), "1|50%", "wasted").passed);
  CHECK(judged(report_of(huge, huge), "1|999999%", "wasted").passed);
}

TEST_CASE("growth against nothing is never a percentage, and shrinking passes") {
  const auto nothing = report_of(0, 0);
  const auto verdict = judged(report_of(500, 0), "100|50%", "growth", &nothing);
  CHECK_FALSE(verdict.passed);
  CHECK(verdict.checks[0].message.find('%') == std::string::npos);
  const auto larger = report_of(900, 0);
  CHECK(judged(report_of(500, 0), "0|0%", "growth", &larger).passed);
}

TEST_CASE("numbers that round alike are written exactly") {
  const auto verdict = judged(report_of(250'000'001, 0), "250MB", "unpacked");
  CHECK(verdict.checks[0].message.find("250000001 B > 250000000 B") != std::string::npos);
}

TEST_CASE("an incomplete report, and what a report does not know, are no pass") {
  auto report = report_of(1, 0);
  report.complete = false;
  CHECK_FALSE(judged(report, "1GB", "unpacked").passed);
  CHECK_FALSE(judged(report_of(1, 0), "1GB", "rss").passed);
}

TEST_CASE("findings count from a level on, and accepted ones are reported") {
  auto report = report_of(1, 0);
  ReportFinding finding;
  finding.rule = "SL3001";
  finding.severity = "warning";
  finding.location.path = "var/lib/apt";
  report.findings->push_back(finding);
  Budgets budgets;
  CHECK(judge(report, budgets, {}).passed);
  budgets.fail_on = "warning";
  CHECK_FALSE(judge(report, budgets, {}).passed);
  budgets.finding_waivers = {{"SL3001", "var/**", "air-gapped", "2026-12-31"}};
  budgets.today = "2026-12-31";
  const auto accepted = judge(report, budgets, {});
  CHECK(accepted.passed);
  CHECK(accepted.checks.back().waived == "air-gapped");
  budgets.today = "2027-01-01";
  CHECK_FALSE(judge(report, budgets, {}).passed);
}

TEST_CASE("limits are refused that mean nothing") {
  BudgetLimit limit;
  for (const auto* text : {"", "3%", "5MB|", "5MB|3", "5MB|x%", "|3%", "5MB|-3%", "5MB|3..1%", "5XB"})
    CHECK_FALSE(parse_limit(text, limit).has_value());
  REQUIRE(parse_limit("5 MB | 0.25 %", limit).has_value());
  CHECK((limit.max == 5'000'000 && limit.parts_per_million == 2500));
}
