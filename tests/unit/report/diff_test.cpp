#include "report/diff.h"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>

#include "support/catch.h"

namespace imgslim::report {
namespace {

std::string numbered(int from, int to) {
  std::string text;
  for (int i = from; i <= to; ++i) text += std::to_string(i) + "\n";
  return text;
}

TEST_CASE("equal texts have no diff") { CHECK(unified_diff("f", "a\n", "a\n").empty()); }

TEST_CASE("a changed line stands between three lines of context") {
  const auto after = numbered(1, 4) + "five\n" + numbered(6, 9);
  CHECK(unified_diff("d/f", numbered(1, 9), after) ==
        "--- a/d/f\n+++ b/d/f\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n");
}

TEST_CASE("names are below the folder that the patch is applied in") {
  CHECK(unified_diff("/x/f", "", "a\n").starts_with("--- a/x/f\n+++ b/x/f\n"));
}

TEST_CASE("changes far apart are hunks of their own, near ones share one") {
  const auto before = numbered(1, 30);
  const auto apart = unified_diff("f", before, "0\n" + numbered(1, 15) + numbered(17, 30));
  CHECK(apart.find("@@ -1,3 +1,4 @@\n+0\n 1\n") != std::string::npos);
  CHECK(apart.find("@@ -13,7 +14,6 @@\n 13\n 14\n 15\n-16\n 17\n") != std::string::npos);
  const auto near = unified_diff("f", before, numbered(2, 7) + numbered(9, 30));
  CHECK(near.find("@@", near.find("@@\n") + 3) == std::string::npos);
}

TEST_CASE("a last line without end is marked, and empty texts have ranges of their own") {
  CHECK(unified_diff("f", "a", "a\n") == "--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n");
  CHECK(unified_diff("f", "", "a\n") == "--- a/f\n+++ b/f\n@@ -0,0 +1 @@\n+a\n");
  CHECK(unified_diff("f", "a\nb\n", "") == "--- a/f\n+++ b/f\n@@ -1,2 +0,0 @@\n-a\n-b\n");
}

TEST_CASE("texts that differ in very many lines are replaced as a block, in bounded time") {
  const auto diff = unified_diff("f", numbered(1, 100'000), numbered(200'000, 300'000));
  CHECK(diff.find("@@ -1,100000 +1,100001 @@\n-1\n") != std::string::npos);
}

/// What patch(1) makes of a text and its diff.
std::string patched(const std::string& before, const std::string& diff) {
  const auto folder =
      std::filesystem::temp_directory_path() / ("imgslim-diff-" + std::to_string(std::random_device{}()));
  std::filesystem::create_directory(folder);
  std::ofstream(folder / "f", std::ios::binary) << before;
  std::ofstream(folder / "p", std::ios::binary) << diff;
  const auto command = "cd " + folder.string() + " && patch --binary -s -p1 <p >/dev/null 2>&1";
  const bool done = std::system(command.c_str()) == 0;
  std::ifstream file(folder / "f", std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  std::filesystem::remove_all(folder);
  return done ? text : "patch failed";
}

TEST_CASE("patch makes the new text of the old one") {
  if (std::system("patch --version >/dev/null 2>&1") != 0) return;
  std::mt19937 random(7);
  for (int round = 0; round < 40; ++round) {
    std::string before, after;
    for (int line = 0; line < 40; ++line) {
      const auto text = std::to_string(random() % 5) + (random() % 7 == 0 ? "\r\n" : "\n");
      if (random() % 8 != 0) before += text;
      if (random() % 8 != 0) after += text;
    }
    if (random() % 3 == 0 && !after.empty()) after.pop_back();
    if (before == after || after.empty()) continue;
    CHECK(patched(before, unified_diff("f", before, after)) == after);
  }
}

}  // namespace
}  // namespace imgslim::report
