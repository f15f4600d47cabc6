#include "packages/apk.h"

#include "support/catch.h"
#include "support/real_tools.h"

using namespace imgslim::packages;
using Files = std::vector<std::string>;

TEST_CASE("apk packages own what their F and R lines name") {
  const auto set = read_apk(
      "C:Q1p78yvTLG094tHE1+dToJGbmYzQE=\nP:musl\nV:1.2.4-r2\nA:x86_64\nS:383152\nI:622592\nT:the musl c library\n"
      "o:musl\nt:1690000000\np:so:libc.musl-x86_64.so.1=1\nF:lib\nR:ld-musl-x86_64.so.1\na:0:0:755\n"
      "Z:Q1e7hU3GSEGjZrT0ZB2OLpDJhxqvU=\nR:libc.musl-x86_64.so.1\na:0:0:777\nF:\nR:.dockerenv\n\n"
      "P:alpine-baselayout-data\nV:3.4.3-r1\nA:x86_64\no:alpine-baselayout\nI:331776\nF:dev\nM:0:0:755\nF:etc\nR:"
      "motd\n\n");
  REQUIRE(set.packages.size() == 2);
  CHECK(set.packages[0].manager == "apk");
  CHECK(set.packages[0].name == "musl");
  CHECK(set.packages[0].version == "1.2.4-r2");
  CHECK(set.packages[0].architecture == "x86_64");
  CHECK(set.packages[0].source.empty());
  CHECK(set.packages[0].declared_bytes == 622592);
  CHECK(set.packages[0].files == Files{"lib", "lib/ld-musl-x86_64.so.1", "lib/libc.musl-x86_64.so.1", ".dockerenv"});
  CHECK(set.packages[1].source == "alpine-baselayout");
  CHECK(set.packages[1].files == Files{"dev", "etc", "etc/motd"});
  CHECK(set.notes.empty());
}

TEST_CASE("a last apk package needs no empty line, an unnamed one is dropped") {
  const auto set = read_apk("V:1\n\nP:a\nV:2\nR:x");
  REQUIRE(set.packages.size() == 1);
  CHECK(set.packages[0].files == Files{"x"});
}

TEST_CASE("odd lines of an apk database are counted and do not climb out of the root") {
  const auto set = read_apk("P:a\nI:-5\nthis is no field\n\nP:b\nF:../../etc\nR:../x\n?\n");
  REQUIRE(set.packages.size() == 2);
  CHECK(set.packages[0].declared_bytes == 0);
  CHECK(set.packages[1].files == Files{"etc", "etc/x"});
  REQUIRE(set.notes.size() == 1);
  CHECK(set.notes[0].text.starts_with("2 lines"));
}
