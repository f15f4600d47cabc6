#include "report/escape.h"

#include "support/catch.h"

using namespace imgslim::report;

namespace {
std::string json_of(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}
}  // namespace

TEST_CASE("printable text reaches the terminal unchanged") {
  CHECK(escape_terminal("usr/lib/a b\\n.so") == "usr/lib/a b\\n.so");
  CHECK(escape_terminal("gr\xc3\xbc\xc3\x9f/\xe6\xbc\xa2\xe5\xad\x97/\xf0\x9f\x98\x80") ==
        "gr\xc3\xbc\xc3\x9f/\xe6\xbc\xa2\xe5\xad\x97/\xf0\x9f\x98\x80");
  CHECK(escape_terminal("e\xcc\x81") == "e\xcc\x81");
}

TEST_CASE("what moves the cursor, hides or reorders text never reaches the terminal") {
  CHECK(escape_terminal("\x1b[2J") == "\\x1b[2J");
  CHECK(escape_terminal(std::string_view("\0\n\r\t\x7f", 5)) == "\\x00\\x0a\\x0d\\x09\\x7f");
  CHECK(escape_terminal("\xc2\x9b"
                        "31m") == "\\xc2\\x9b31m");  // CSI as one C1 control
  CHECK(escape_terminal("a\xe2\x80\xae"
                        "b") == "a\\xe2\\x80\\xaeb");  // right-to-left override
  CHECK(escape_terminal("a\xe2\x81\xa6"
                        "b") == "a\\xe2\\x81\\xa6b");  // left-to-right isolate
  CHECK(escape_terminal("a\xe2\x80\x8b"
                        "b") == "a\\xe2\\x80\\x8bb");  // zero-width space
  CHECK(escape_terminal("a\xe2\x80\xa8"
                        "b") == "a\\xe2\\x80\\xa8b");           // line separator
  CHECK(escape_terminal("\xef\xbb\xbf") == "\\xef\\xbb\\xbf");  // byte order mark
}

TEST_CASE("bytes that are not UTF-8 are shown as bytes") {
  CHECK(escape_terminal("\xff") == "\\xff");
  CHECK(escape_terminal("\xc0\xaf") == "\\xc0\\xaf");           // overlong "/"
  CHECK(escape_terminal("\xed\xa0\x80") == "\\xed\\xa0\\x80");  // surrogate
  CHECK(escape_terminal("a\xe6\xbc") == "a\\xe6\\xbc");         // cut short
}

TEST_CASE("combining marks neither join what stands before a name nor pile up") {
  CHECK(escape_terminal("\xcc\x81"
                        "a") ==
        "\\xcc\\x81"
        "a");
  std::string pile = "a", shown = "a";
  for (int i = 0; i < 4; ++i) pile += "\xcc\x81", shown += "\xcc\x81";
  CHECK(escape_terminal(pile) == shown);
  CHECK(escape_terminal(pile + "\xcc\x81") == shown + "\\xcc\\x81");
}

TEST_CASE("nothing that CI systems run from a log line is left whole") {
  CHECK(escape_terminal("::error::x") == "\\x3a:error::x");
  CHECK(escape_terminal("  ::error::x") == "  \\x3a:error::x");
  CHECK(escape_terminal("a::b") == "a::b");
  CHECK(escape_terminal("a##vso[task.x]") == "a\\x23#vso[task.x]");
  CHECK(escape_terminal("###VSO[x##[error]") == "#\\x23#VSO[x\\x23#[error]");
  CHECK(escape_terminal("##vs##") == "##vs##");
  CHECK(json_of("##vso[x") == R"("\u0023#vso[x")");
}

TEST_CASE("a frame of a folded stack holds no separator") { CHECK(escape_folded("a;b\nc d") == "a\\x3bb\\x0ac d"); }

TEST_CASE("JSON strings keep every byte") {
  CHECK(json_of("a\"b") == R"("a\"b")");
  CHECK(json_of("\\xff") == R"("\\\\xff")");
  CHECK(json_of("\xff") == R"("\\xff")");
  CHECK(json_of("\n\t\x1b") == R"("\n\t\u001b")");
  CHECK(json_of("\xe2\x80\xae") == R"("\u202e")");
  CHECK(json_of("\xf3\xa0\x80\x81") == R"("\udb40\udc01")");
  CHECK(json_of("\xe6\xbc\xa2") == "\"\xe6\xbc\xa2\"");
}

TEST_CASE("the byte convention is undone exactly") {
  CHECK(unescape_bytes(R"(\xff)") == "\xff");
  CHECK(unescape_bytes(R"(\\xff)") == "\\xff");
  CHECK(unescape_bytes(R"(\\\xff)") == "\\\xff");
  CHECK(unescape_bytes(R"(\q \xg0 \x0)") == R"(\q \xg0 \x0)");
  CHECK(unescape_bytes("\\") == "\\");
}
