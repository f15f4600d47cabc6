#include "report/width.h"

#include "support/catch.h"

using namespace imgslim::report;

TEST_CASE("width counts cells, not bytes") {
  CHECK(display_width("abc") == 3);
  CHECK(display_width("\xe6\xbc\xa2\xe5\xad\x97") == 4);
  CHECK(display_width("e\xcc\x81") == 1);
  CHECK(display_width("\xe2\x96\x88\xe2\x96\x91\xe2\x80\xa6") == 3);
}

TEST_CASE("the middle is cut out of what is too long") {
  CHECK(cut_middle("usr/lib/python3/site-packages", 29, "...") == "usr/lib/python3/site-packages");
  CHECK(cut_middle("usr/lib/python3/site-packages", 13, "...") == "usr/l...kages");
  CHECK(cut_middle("usr/lib/python3/site-packages", 12, "...") == "usr/l...ages");
  CHECK(cut_end("usr/lib/python3", 10, "...") == "usr/lib...");
  CHECK(cut_middle("abcdef", 2, "...") == "..");
  CHECK(cut_middle("abcdef", 0, "...").empty());
}

TEST_CASE("no wide character and no combined one is cut in two") {
  const std::string wide = "\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2\xe5\xad\x97";
  for (std::size_t cells = 0; cells <= 8; ++cells) {
    CHECK(display_width(cut_middle(wide, cells, "...")) <= cells);
    CHECK(display_width(cut_end(wide, cells, "...")) <= cells);
  }
  CHECK(cut_middle(wide, 7, "...") == "\xe6\xbc\xa2...\xe5\xad\x97");
  CHECK(cut_middle("abe\xcc\x81"
                   "cd",
                   3, ".") == "a.d");
  CHECK(cut_end("e\xcc\x81"
                "abc",
                2, ".") == "e\xcc\x81.");
}

TEST_CASE("padding aligns by cells") {
  CHECK(pad_before("\xe6\xbc\xa2", 4) == "  \xe6\xbc\xa2");
  CHECK(pad_after("\xe6\xbc\xa2", 4) == "\xe6\xbc\xa2  ");
  CHECK(pad_after("too long", 3) == "too long");
}
