#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "imgslim/render_html.h"
#include "support/catch.h"
#include "unit/report/golden.h"
#include "unit/report/sample_memory.h"
#include "unit/report/sample_reports.h"
#include "unit/report/sample_runtime.h"
#include "unit/report/sample_suggestions.h"

using namespace imgslim;

namespace {

/// Names of the page's tags in order, "/p" for the end of a paragraph. A tag of one piece ("<rect …/>") is left out.
std::vector<std::string> tags_of(const std::string& page) {
  std::vector<std::string> tags;
  for (auto at = page.find('<'); at != std::string::npos; at = page.find('<', at + 1)) {
    const auto end = page.find('>', at);
    REQUIRE(end != std::string::npos);
    const auto tag = page.substr(at + 1, end - at - 1);
    if (!tag.ends_with('/')) tags.push_back(tag.substr(0, tag.find(' ')));
  }
  return tags;
}

/// What stands between the quotes of attributes has no '<', '>' or '"', so every tag ends where tags_of() thinks.
void check_is_well_formed(const std::string& page) {
  const std::set<std::string> known = {"!DOCTYPE", "html", "head", "meta", "title", "style",   "body",    "h1",
                                       "h2",       "h3",   "p",    "nav",  "a",     "main",    "section", "table",
                                       "tr",       "th",   "td",   "code", "pre",   "details", "summary", "strong",
                                       "span",     "svg",  "g",    "text", "br",    "footer"};
  const std::set<std::string> without_end = {"!DOCTYPE", "meta", "br"};
  std::vector<std::string> open;
  for (const auto& tag : tags_of(page)) {
    const auto name = tag.substr(tag.starts_with('/') ? 1 : 0);
    INFO(tag);
    REQUIRE(known.contains(name));
    if (without_end.contains(name)) continue;
    if (tag == name) {
      open.push_back(name);
      continue;
    }
    REQUIRE(!open.empty());
    REQUIRE(open.back() == name);
    open.pop_back();
  }
  CHECK(open.empty());
}

/// With the places that the hand-made hostile reports leave out.
Report attacked(Report report) {
  const std::string attack = "\"><script>alert(1)</script><img src=x onerror='x'>\x1b[2J\xff";
  report.image.reference = attack;
  report.image.cmd = {attack};
  report.tool.version = attack;
  report.base.name = attack;
  report.base.layers = 1;
  for (auto& layer : report.layers) layer.instruction.text = attack + "\n" + attack;
  for (auto& package : report.packages) package.name = package.version = attack;
  for (auto& row : report.paths)
    if (!row.path.empty()) row.path += attack;
  for (auto& row : report.classes) row.name = attack;
  report.notes.push_back({attack, attack, attack});
  return report;
}

}  // namespace

TEST_CASE("the page for a browser is as reviewed") {
  test::check_golden("suggestions.html", render_html(test::suggested_report(), {}));
  test::check_golden("realistic-top-2.html", render_html(test::realistic_report(), {.units = Units::iec, .top = 2}));
  test::check_golden("empty.html", render_html(test::empty_report(), {}));
}

TEST_CASE("the page for a browser is well-formed, whatever the image says") {
  for (const auto& report : {test::realistic_report(), test::one_layer_report(), test::empty_report(),
                             test::hostile_report(), test::suggested_report(), test::hostile_suggested_report(),
                             attacked(test::suggested_report()), attacked(test::hostile_report())}) {
    const auto page = render_html(report, {});
    check_is_well_formed(page);
    CHECK(page.find("<script") == std::string::npos);
    CHECK(page.find("<img") == std::string::npos);
    CHECK(std::none_of(page.begin(), page.end(),
                       [](char c) { return static_cast<unsigned char>(c) < ' ' && c != '\n'; }));
  }
}

TEST_CASE("the page for a browser leaves out what the report does not have") {
  auto report = test::realistic_report();
  CHECK(render_html(report, {}).find("id=\"memory\"") != std::string::npos);
  CHECK(render_html(report, {}).find("id=\"duplicates\"") != std::string::npos);
  report.memory.reset();
  report.duplicates.clear();
  CHECK(render_html(report, {}).find("id=\"memory\"") == std::string::npos);
  CHECK(render_html(report, {}).find("id=\"duplicates\"") == std::string::npos);
}
