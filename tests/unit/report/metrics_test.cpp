#include "imgslim/render_metrics.h"
#include "support/catch.h"
#include "unit/report/golden.h"
#include "unit/report/sample_reports.h"
#include "unit/report/sample_suggestions.h"

using namespace imgslim;

TEST_CASE("metrics of a judged image, of a hostile one and of one that is nothing are as reviewed") {
  test::check_golden("metrics.prometheus.txt", render_prometheus(test::suggested_report()));
  test::check_golden("metrics-hostile.prometheus.txt", render_prometheus(test::hostile_suggested_report()));
  test::check_golden("metrics-empty.prometheus.txt", render_prometheus(test::empty_report()));
}

TEST_CASE("of several limits for one thing the one that failed is told") {
  Report report;
  report.verdict = Verdict{};
  VerdictCheck loose{.name = "unpacked", .limit = 100, .value = 50},
      tight{.name = "unpacked", .limit = 10, .value = 50};
  tight.passed = false;
  for (const auto& checks : {std::vector{loose, tight}, std::vector{tight, loose}}) {
    report.verdict->checks = checks;
    const auto text = render_prometheus(report);
    CHECK(text.find("subject=\"\",unit=\"bytes\"} 10\n") != std::string::npos);
    CHECK(text.find("subject=\"\",unit=\"bytes\"} 100\n") == std::string::npos);
  }
}
