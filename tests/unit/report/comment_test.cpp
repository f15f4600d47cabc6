#include "imgslim/comment.h"

#include "imgslim/annotate.h"
#include "support/catch.h"
#include "unit/report/golden.h"
#include "unit/report/sample_reports.h"
#include "unit/report/sample_suggestions.h"

using namespace imgslim;

namespace {

bool has(const std::string& text, const std::string& piece) { return text.find(piece) != std::string::npos; }

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

}  // namespace

TEST_CASE("the comment is as reviewed: growth, no baseline, next to no change, hostile") {
  const auto report = test::suggested_report();
  const auto grown = test::grown_comparison(report);
  test::check_golden("comment-grown.markdown.md", render_comment(report, &grown, test::sample_dockerfile(), {}));
  test::check_golden("comment-alone.markdown.md", render_comment(report, nullptr, {}, {}));
  auto good = report;
  good.verdict->passed = true;
  good.verdict->checks.erase(good.verdict->checks.begin());
  const auto same = test::same_comparison(good);
  test::check_golden("comment-small.markdown.md", render_comment(good, &same, test::sample_dockerfile(), {}));
  const auto hostile = test::hostile_suggested_report();
  const auto hostile_change = test::hostile_comparison(hostile);
  test::check_golden("comment-hostile.markdown.md",
                     render_comment(hostile, &hostile_change, test::hostile_dockerfile(), {}));
}

TEST_CASE("the fix is what saves most, or what has a patch and saves half as much") {
  const auto fix_of = [](std::uint64_t patched_bytes) {
    auto report = test::suggested_report();
    ReportFinding large{.rule = "SL1003"}, patched{.rule = "SL3002"};
    patched.fix = FindingFix{"Let apt keep no archives.", "--- a\n+++ b\n", {}};
    report.findings = {large, patched};
    report.suggestions = ReportSuggestions{};
    report.suggestions->rows = {{0, {.bytes = 1000, .basis = "measured"}},
                                {1, {.bytes = patched_bytes, .basis = "measured"}}};
    const auto comment = render_comment(report, nullptr, {}, {});
    return comment.substr(comment.find("**Fix"), 200);
  };
  CHECK(has(fix_of(500), "`SL3002`"));
  CHECK(has(fix_of(499), "`SL1003`"));
}

TEST_CASE("the marker is the first line, and no key can end it") {
  const auto report = test::suggested_report();
  CHECK(first_line(render_comment(report, nullptr, {}, {})) == "<!-- imgslim:id=api change=unknown v=1 -->");
  CommentOptions options;
  options.key = "x --> <b>\n";
  CHECK(first_line(render_comment(report, nullptr, {}, options)) ==
        "<!-- imgslim:id=x------b-- change=unknown v=1 -->");
}

TEST_CASE("a small change in an image that fails is told in full") {
  const auto report = test::suggested_report();
  const auto same = test::same_comparison(report);
  const auto comment = render_comment(report, &same, {}, {});
  CHECK(has(first_line(comment), "change=small"));
  CHECK(has(comment, "size unchanged (+100.0 kB unpacked) and is **4.7 MB over its 250.0 MB budget** ❌"));
  CHECK(has(comment, "| Unpacked |"));
}

TEST_CASE("a change equal to the least that counts is large, one byte less is small") {
  const auto report = test::suggested_report();
  Comparison comparison;
  for (const bool shrinks : {false, true}) {
    const auto now = report.totals.payload_bytes;
    comparison.totals.payload_bytes = {shrinks ? now + 1'000'000 : now - 1'000'000, now};
    CHECK(has(first_line(render_comment(report, &comparison, {}, {})), "change=large"));
    comparison.totals.payload_bytes.before += shrinks ? -1 : 1;
    CHECK(has(first_line(render_comment(report, &comparison, {}, {})), "change=small"));
  }
}

TEST_CASE("an image that shrinks is said to, and nothing is blamed") {
  const auto report = test::suggested_report();
  Comparison comparison;
  comparison.totals.payload_bytes = {report.totals.payload_bytes + 50'000'000, report.totals.payload_bytes};
  const auto comment = render_comment(report, &comparison, {}, {});
  CHECK(has(comment, "shrinks by **50.0 MB** unpacked (-16.4 %)"));
  CHECK_FALSE(has(comment, "**Why:**"));
}

TEST_CASE("the fix for what grew comes before one that saves more, with a patch that saves it") {
  const auto report = test::suggested_report();
  const auto grown = test::grown_comparison(report);
  const auto comment = render_comment(report, &grown, test::sample_dockerfile(), {});
  CHECK(has(comment, "**Fix (saves 12.2 MB unpacked, 4.1 MB of the pull, back under budget):**"));
  CHECK(has(comment, "+RUN pip install --no-cache-dir -r requirements.txt"));
  CHECK(has(render_comment(report, nullptr, {}, {}), "**Fix (saves 18.9 MB unpacked"));
}

TEST_CASE("what is too long goes as whole parts, and the comment says so") {
  auto report = test::suggested_report();
  const auto grown = test::grown_comparison(report);
  const auto whole = render_comment(report, &grown, test::sample_dockerfile(), {});
  CommentOptions options;
  for (options.max_bytes = 900; options.max_bytes < whole.size() + 200; options.max_bytes += 97) {
    const auto comment = render_comment(report, &grown, test::sample_dockerfile(), options);
    CHECK(comment.size() <= options.max_bytes);
    CHECK(has(comment, "left out here") == (comment != whole));
    CHECK(comment.ends_with("</sub>\n"));
  }
}

TEST_CASE("suggestions that name no finding are passed over") {
  auto report = test::suggested_report();
  for (auto& row : report.suggestions->rows) row.finding = 1'000'000;
  CHECK_FALSE(has(render_comment(report, nullptr, {}, {}), "**Fix"));
  CHECK_FALSE(has(render(report, Format::text, {}), "imgslim explain"));
}

TEST_CASE("the page with suggestions is as reviewed") {
  const RenderOptions terminal{.image_argument = "api.tar"};
  test::check_golden("suggestions.txt", render(test::suggested_report(), Format::text, terminal));
  test::check_golden("suggestions-hostile.txt", render(test::hostile_suggested_report(), Format::text, terminal));
}

TEST_CASE("the Dockerfile with costs is as reviewed, and its columns sum to the totals") {
  const auto report = test::suggested_report();
  test::check_golden("annotated.txt", render_annotated(report, test::sample_dockerfile(), {}));
  test::check_golden("annotated-hostile.txt",
                     render_annotated(test::hostile_suggested_report(), test::hostile_dockerfile(), {}));
  auto unplaced = report;
  for (auto& layer : unplaced.layers) layer.instruction = {};
  CHECK(has(render_annotated(unplaced, test::sample_dockerfile(), {}), "layers that no line is known for"));
}
