#include "dockerfile/edit.h"

#include "support/catch.h"

namespace imgslim::dockerfile {
namespace {

using Applied = std::vector<bool>;

TEST_CASE("edits of one group are applied together, in whatever order they come") {
  const auto edited = apply_edits("abcdef", {{{{4, 6}, "Z"}, {{0, 1}, "xy"}, {{2, 2}, "-"}}});
  CHECK(edited.text == "xyb-cdZ");
  CHECK(edited.applied == Applied{true});
}

TEST_CASE("a group that meets an earlier one is left out as a whole") {
  const auto edited = apply_edits("abcdef", {{{{1, 3}, "X"}}, {{{2, 4}, "Y"}, {{5, 6}, "Z"}}, {{{3, 4}, "W"}}});
  CHECK(edited.text == "aXWef");
  CHECK(edited.applied == Applied{true, false, true});
}

TEST_CASE("two insertions at one place meet, and so does one at the edge of a change") {
  const auto edited = apply_edits("abc", {{{{1, 1}, "x"}}, {{{1, 1}, "y"}}, {{{1, 2}, "B"}}, {{{3, 3}, "!"}}});
  CHECK(edited.text == "axbc!");
  CHECK(edited.applied == Applied{true, false, false, true});
}

TEST_CASE("groups that overlap themselves, leave the text or change nothing are not applied") {
  const auto edited =
      apply_edits("abc", {{{{0, 2}, "x"}, {{1, 3}, "y"}}, {{{2, 9}, "z"}}, {{{3, 2}, "z"}}, {{{0, 1}, "a"}}, {}});
  CHECK(edited.text == "abc");
  CHECK(edited.applied == Applied{false, false, false, false, false});
}

}  // namespace
}  // namespace imgslim::dockerfile
