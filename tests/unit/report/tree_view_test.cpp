#include "imgslim/tree_view.h"

#include <numeric>
#include <sstream>

#include "imgslim/render.h"
#include "json/parse.h"
#include "support/catch.h"
#include "unit/report/sample_reports.h"

using namespace imgslim;

namespace {

/// Apparent sizes of an ncdu export by path, each inode once.
void collect(const json::Value& directory, const std::string& path, std::map<std::string, std::uint64_t>& sizes) {
  for (std::size_t i = 0; i < directory.size(); ++i) {
    const bool nested = directory[i].is_array();
    const auto& info = nested ? directory[i][0] : directory[i];
    const auto name = i == 0 ? path : path + "/" + json::string_member(info, "name");
    if (!nested) sizes[name] = json::unsigned_member(info, "asize").value_or(0);
    if (nested) collect(directory[i], name, sizes);
  }
}

std::map<std::string, std::uint64_t> ncdu_sizes(const std::string& text) {
  const auto parsed = json::parse(text, Limits{});
  REQUIRE(parsed);
  REQUIRE(parsed->size() == 4);
  std::map<std::string, std::uint64_t> sizes;
  collect((*parsed)[3], "", sizes);
  return sizes;
}

std::uint64_t folded_sum(const std::string& text) {
  std::uint64_t sum = 0;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) sum += std::stoull(line.substr(line.rfind(' ') + 1));
  return sum;
}

}  // namespace

TEST_CASE("a directory comes right before what is in it") {
  CHECK(path_precedes("usr", "usr/lib"));
  CHECK(path_precedes("usr/lib", "usr-local"));
  CHECK(path_precedes("usr/z", "usr-local"));
  CHECK_FALSE(path_precedes("usr-local", "usr/lib"));
  CHECK_FALSE(path_precedes("usr", "usr"));
  CHECK(path_precedes("a", "\xff"));
  const auto tree = test::realistic_tree();
  CHECK(std::is_sorted(tree.rows.begin(), tree.rows.end(),
                       [](const auto& a, const auto& b) { return path_precedes(a.path, b.path); }));
}

TEST_CASE("an ncdu export nests every file where it belongs, stated or implied") {
  const auto sizes = ncdu_sizes(render_ncdu(test::realistic_report(), test::realistic_tree()));
  CHECK(sizes.at("/app/main.py") == 5'000);
  CHECK(sizes.at("/usr/bin/perl") == 3'900'000);
  CHECK(sizes.at("/usr/bin/perl5.36.0") == 3'900'000);
  CHECK(sizes.at("/usr/lib/gcc/cc1") == 30'000'000);
  CHECK(sizes.at("/usr/lib/gcc/cc1;\\x1b[2J plus") == 1'000);
  CHECK(sizes.contains("/usr/lib-extra"));
  CHECK(sizes.contains("/dev/null"));
}

TEST_CASE("an ncdu export of paths holds all visible bytes") {
  const auto report = test::realistic_report();
  const auto sizes = ncdu_sizes(render(report, Format::ncdu, {}));
  const auto sum = std::accumulate(sizes.begin(), sizes.end(), std::uint64_t{0},
                                   [](auto total, const auto& size) { return total + size.second; });
  CHECK(sum == report.totals.visible_bytes);
}

TEST_CASE("paths that no image has still nest") {
  Report report;
  for (const char* path : {"", "/", "//a", "a/", "a//b", "a/b/../c", "b"})
    report.paths.push_back({.path = path, .own_visible_bytes = 1});
  const auto parsed = json::parse(render(report, Format::ncdu, {}), Limits{});
  REQUIRE(parsed);
}

TEST_CASE("folded stacks count each inode once and hold no separator from a name") {
  const auto folded = render_folded(test::realistic_report(), test::realistic_tree());
  CHECK(folded_sum(folded) == 5'000 + 3'900'000 + 30'000'000 + 1'000);
  CHECK(folded.find("1 FROM debian:12-slim;deb perl-base 5.36.0-7+deb12u2;usr;bin;perl 3900000\n") !=
        std::string::npos);
  CHECK(folded.find(";[unattributed];usr;lib;gcc;cc1\\x3b\\x1b[2J plus 1000\n") != std::string::npos);
  CHECK(folded.find("5.36.0 ") == std::string::npos);
}

TEST_CASE("folded stacks of paths hold all visible bytes") {
  const auto report = test::realistic_report();
  CHECK(folded_sum(render(report, Format::folded, {})) == report.totals.visible_bytes);
}

TEST_CASE("the tree listing has one JSON object a line") {
  const auto listing = render_tree(test::realistic_tree());
  std::istringstream stream(listing);
  std::vector<json::Value> rows;
  for (std::string line; std::getline(stream, line);) {
    auto parsed = json::parse(line, Limits{});
    REQUIRE(parsed);
    rows.push_back(*parsed);
  }
  REQUIRE(rows.size() == test::realistic_tree().rows.size());
  CHECK(json::string_member(rows[2], "kind") == "symlink");
  CHECK(json::string_member(rows[2], "link") == "usr/bin");
  CHECK(json::member(rows[1], "link").is_null());
  CHECK(json::string_member(rows[6], "mode") == "4755");
  CHECK(json::unsigned_member(rows[6], "links") == 2);
}
