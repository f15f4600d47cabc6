#include <sstream>

#include "imgslim/render.h"
#include "report/escape.h"
#include "report/width.h"
#include "support/catch.h"
#include "support/reconcile.h"
#include "unit/report/sample_reports.h"
#include "unit/report/sample_runtime.h"

using namespace imgslim;

namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

void check_width(const std::string& text, std::size_t columns) {
  for (const auto& line : lines_of(text)) {
    CAPTURE(line);
    CHECK(report::display_width(line) <= columns);
    CHECK(report::escape_terminal(line) == line);
    CHECK((line.empty() || line.back() != ' '));
  }
}

std::string text_of(const Report& report, RenderOptions options = {}) { return render(report, Format::text, options); }

std::vector<Report> samples() {
  return {test::realistic_report(), test::one_layer_report(), test::empty_report(), test::hostile_report()};
}

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

std::string without_sgr(const std::string& text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\x1b')
      i = text.find('m', i);
    else
      out.push_back(text[i]);
  }
  return out;
}

}  // namespace

TEST_CASE("the samples reconcile, so that the goldens show sums that agree") {
  for (const auto& report : {test::realistic_report(), test::one_layer_report(), test::empty_report()}) {
    const auto wrong = test::disagreements(report);
    CAPTURE(wrong);
    CHECK(wrong.empty());
  }
}

TEST_CASE("no line is wider than the page and none holds a control, whatever the image holds") {
  for (const auto& report : samples()) {
    for (const int columns : {60, 80, 81, 132}) {
      for (const auto units : {Units::si, Units::bytes}) {
        for (const bool unicode : {true, false})
          check_width(text_of(report, {.units = units, .columns = columns, .unicode = unicode}),
                      static_cast<std::size_t>(columns));
      }
    }
  }
  for (const int columns : {60, 80}) {
    check_width(render_why(test::realistic_answer(), Format::text, {.columns = columns}),
                static_cast<std::size_t>(columns));
    check_width(render_why(test::hostile_answer(), Format::text, {.columns = columns}),
                static_cast<std::size_t>(columns));
    for (const auto& answer : {test::realistic_libraries(), test::hostile_libraries()})
      check_width(render_libraries(answer, Format::text, {.columns = columns}), static_cast<std::size_t>(columns));
  }
}

TEST_CASE("colour adds only SGR sequences") {
  for (const auto& report : samples()) CHECK(without_sgr(text_of(report, {.color = true})) == text_of(report));
}

TEST_CASE("an ASCII page holds ASCII only, if the image does") {
  const auto text = text_of(test::realistic_report(), {.unicode = false});
  CHECK(std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; }));
}

TEST_CASE("a plain page has no bars") {
  const auto text = text_of(test::realistic_report(), {.plain = true, .unicode = false});
  CHECK_FALSE(contains(text, "#"));
  CHECK(contains(text, ":8   RUN pip install -r requirements.txt"));
}

TEST_CASE("an image without bytes divides by nothing") {
  const auto text = text_of(test::empty_report());
  CHECK_FALSE(contains(text, "nan"));
  CHECK_FALSE(contains(text, "%"));
}

TEST_CASE("layers above the screenful are summed, not dropped") {
  auto report = test::one_layer_report();
  const auto layer = report.layers.front();
  report.layers.clear();
  for (std::uint32_t i = 0; i < 100; ++i) {
    report.layers.push_back(layer);
    report.layers.back().payload_bytes = i < 50 ? 1'000'000 : 2'000'000;
  }
  report.totals.payload_bytes = 150'000'000;
  const auto text = text_of(report, {.top = 50});
  CHECK(contains(text, "50 smaller layers"));
  CHECK(contains(text, "50.0 MB"));
}

TEST_CASE("the layers of the base are one row") {
  auto report = test::realistic_report();
  report.base.layers = 3;
  const auto text = text_of(report);
  CHECK(contains(text, "  1-3    193.4 MB"));
  CHECK(contains(text, "base debian:12-slim"));
  CHECK_FALSE(contains(text, "COPY requirements.txt"));
  report.base.layers = 99;
  CHECK(contains(text_of(report), "  1-6"));
}

TEST_CASE("layers that a report names but does not list are survived") {
  auto report = test::realistic_report();
  report.waste[0].cause_layer = 4'000'000'000;
  report.waste[0].bytes = 9'000'000'000;
  CHECK(contains(text_of(report), "layer 4000000001"));
}

TEST_CASE("the next step is a command that a shell takes as it is") {
  auto report = test::realistic_report();
  CHECK(contains(text_of(report, {.image_argument = "a b.tar"}), "next: imgslim why 'a b.tar' /app/node_modules\n"));
  report.waste.clear();
  report.packages[0].name = "x'$(id)";
  CHECK(contains(text_of(report), "next: imgslim why IMAGE 'x'\\''$(id)'\n"));
  report.packages[0].name = "\x1b";
  CHECK_FALSE(contains(text_of(report), "next:"));
}

TEST_CASE("an incomplete report says so at the top") {
  auto report = test::empty_report();
  report.complete = false;
  CHECK(lines_of(text_of(report)).at(2).starts_with("  INCOMPLETE"));
}

TEST_CASE("an image without a command is told how to name one, and claims nothing about its libraries") {
  const auto text = text_of(test::one_layer_report());
  CHECK(contains(text, "not known: the image names no command (see --cmd)"));
  CHECK_FALSE(contains(text, "load at start"));
}

TEST_CASE("a possible library is no missing one") {
  auto report = test::realistic_report();
  report.runtime->missing[0].confidence = "possible";
  CHECK_FALSE(contains(text_of(report), "MISSING"));
}

TEST_CASE("a name from the image starts no Dockerfile instruction") {
  const auto text = render_copy_instructions(test::hostile_libraries(), "build", {});
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    INFO(line);
    CHECK((line.starts_with("# ") || line.starts_with("COPY --from=build ") || line.starts_with("    /")));
  }
}
