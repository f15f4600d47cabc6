#include "core/path.h"

#include "support/catch.h"

using namespace imgslim;

TEST_CASE("a member's name becomes a path from the root") {
  CHECK(clean_path("./etc//passwd").text == "etc/passwd");
  CHECK(clean_path("/usr/./lib/").text == "usr/lib");
  CHECK(clean_path("a/../b").text == "b");
  CHECK(clean_path(".").text.empty());
  CHECK_FALSE(clean_path("a/../b").escaped_root);
}

TEST_CASE("a name that climbs above the root is clamped and says so") {
  const auto clean = clean_path("../../etc/shadow");
  CHECK(clean.text == "etc/shadow");
  CHECK(clean.escaped_root);
}

TEST_CASE("symlink targets resolve from the link's directory or the root") {
  CHECK(resolve_link("usr/bin/awk", "mawk").text == "usr/bin/mawk");
  CHECK(resolve_link("usr/bin/awk", "/etc/alternatives/awk").text == "etc/alternatives/awk");
  CHECK(resolve_link("lib64", "usr/lib64").text == "usr/lib64");
}

TEST_CASE("a path is within a directory only at a component's end") {
  CHECK(is_within("usr/lib/x", "usr/lib"));
  CHECK(is_within("usr/lib", "usr/lib"));
  CHECK_FALSE(is_within("usr/lib64/x", "usr/lib"));
  CHECK(is_within("anything", ""));
}
