#include "unit/report/golden.h"

#include "imgslim/budget.h"
#include "imgslim/render.h"
#include "support/catch.h"
#include "unit/report/sample_reports.h"
#include "unit/report/sample_runtime.h"
#include "unit/report/sample_suggestions.h"

using namespace imgslim;
using test::check_golden;

namespace {

const RenderOptions terminal{.image_argument = "api.tar"};
const RenderOptions ascii{.unicode = false, .image_argument = "api.tar"};
const RenderOptions piped_plain{.units = Units::bytes, .columns = 100, .plain = true, .unicode = false};
const RenderOptions colored{.units = Units::iec, .color = true, .top = 2, .image_argument = "my image.tar"};

}  // namespace

TEST_CASE("the terminal page of a realistic image is as reviewed") {
  const auto report = test::realistic_report();
  check_golden("realistic.txt", render(report, Format::text, terminal));
  check_golden("realistic-ascii.txt", render(report, Format::text, ascii));
  check_golden("realistic-plain-bytes.txt", render(report, Format::text, piped_plain));
  check_golden("realistic-color-top-2.txt", render(report, Format::text, colored));
}

TEST_CASE("the terminal page of odd images is as reviewed") {
  check_golden("one-layer.txt", render(test::one_layer_report(), Format::text, terminal));
  check_golden("empty.txt", render(test::empty_report(), Format::text, terminal));
  check_golden("hostile.txt", render(test::hostile_report(), Format::text, terminal));
}

TEST_CASE("the JSON of each sample is as reviewed") {
  check_golden("realistic.report.json", render(test::realistic_report(), Format::json, {}));
  check_golden("realistic-top-2.report.json", render(test::realistic_report(), Format::json, {.top = 2}));
  check_golden("one-layer.report.json", render(test::one_layer_report(), Format::json, {}));
  check_golden("empty.report.json", render(test::empty_report(), Format::json, {}));
  check_golden("hostile.report.json", render(test::hostile_report(), Format::json, {}));
}

TEST_CASE("ncdu, folded stacks and the tree listing are as reviewed") {
  const auto report = test::realistic_report();
  check_golden("tree.ncdu.json", render_ncdu(report, test::realistic_tree()));
  check_golden("tree.folded", render_folded(report, test::realistic_tree()));
  check_golden("tree.jsonl", render_tree(test::realistic_tree()));
  check_golden("paths.ncdu.json", render(report, Format::ncdu, {}));
  check_golden("paths.folded", render(report, Format::folded, {}));
}

TEST_CASE("answers to why are as reviewed") {
  check_golden("why.txt", render_why(test::realistic_answer(), Format::text, terminal));
  check_golden("why.json", render_why(test::realistic_answer(), Format::json, terminal));
  check_golden("why-hostile.txt", render_why(test::hostile_answer(), Format::text, terminal));
  check_golden("why-nothing.txt", render_why({"api", "libsll3", {}, {}, {"libssl3"}}, Format::text, terminal));
}

TEST_CASE("answers to libs are as reviewed") {
  const auto answer = test::realistic_libraries();
  check_golden("libs.txt", render_libraries(answer, Format::text, terminal));
  check_golden("libs.json", render_libraries(answer, Format::json, terminal));
  check_golden("libs-list.txt", render_library_list(answer));
  check_golden("libs-tree.txt", render_library_tree(answer, terminal));
  check_golden("libs-copy.txt", render_copy_instructions(answer, "build", terminal));
  check_golden("libs-hostile.txt", render_libraries(test::hostile_libraries(), Format::text, terminal));
  check_golden("libs-tree-hostile.txt", render_library_tree(test::hostile_libraries(), ascii));
  check_golden("libs-copy-hostile.txt", render_copy_instructions(test::hostile_libraries(), "build", terminal));
}

TEST_CASE("the page and the JSON of a comparison are as reviewed") {
  const auto grown = test::grown_comparison(test::suggested_report());
  check_golden("diff.txt", render_comparison(grown, Format::text, terminal));
  check_golden("diff.json", render_comparison(grown, Format::json, terminal));
  const auto hostile = test::hostile_comparison(test::hostile_suggested_report());
  check_golden("diff-hostile.txt", render_comparison(hostile, Format::text, ascii));
}

TEST_CASE("a lock is as reviewed") {
  check_golden("realistic.lock.json", write_lock(test::realistic_report()));
  check_golden("hostile.lock.json", write_lock(test::hostile_report()));
}

TEST_CASE("the block of a cold start is as reviewed") {
  auto report = test::one_layer_report();
  report.cold_start = ReportColdStart{{"debian:12"}, 1, 12'345'678, true, 34'567'890, 2'000'000, 10'000'000, 1'234};
  check_golden("cold-start.txt", render(report, Format::text, terminal));
}
