#include "dockerfile/source.h"

#include "dockerfile/encoding.h"
#include "dockerfile/utf8.h"
#include "support/catch.h"

namespace imgslim::dockerfile {
namespace {

TEST_CASE("positions count lines and bytes from one, whatever ends the lines") {
  const LineIndex lines("ab\r\ncd\n\nx");
  CHECK(lines.count() == 4);
  CHECK(lines.position(0) == Position{1, 1});
  CHECK(lines.position(2) == Position{1, 3});
  CHECK(lines.position(4) == Position{2, 1});
  CHECK(lines.position(8) == Position{4, 1});
  CHECK(lines.position(9) == Position{4, 2});
  CHECK(lines.position(99) == Position{4, 2});
  CHECK(lines.line(1).end == 2);
  CHECK(lines.line(3).size() == 0);
  CHECK(lines.line(5).begin == 9);
  CHECK(lines.line(0).begin == 9);
}

TEST_CASE("behind a last line end there is a position but no line") {
  const LineIndex lines("a\n");
  CHECK(lines.count() == 1);
  CHECK(lines.position(2) == Position{2, 1});
  CHECK(LineIndex("").count() == 0);
  CHECK(LineIndex("").position(0) == Position{1, 1});
}

TEST_CASE("mapped text knows where each byte came from") {
  MappedText text;
  text.append("ab", 10);
  text.append("cd", 12);
  text.append("", 15);
  text.append("ef", 20);
  CHECK(text.text() == "abcdef");
  CHECK(text.source_of(3) == 13);
  CHECK(text.source_of(4) == 20);
  CHECK(text.source_of(6) == 22);
  CHECK(text.source_span(1, 5).begin == 11);
  CHECK(text.source_span(1, 5).end == 21);
  CHECK(text.source_span(0, 4).end == 14);
  const auto part = text.part(3, 6);
  CHECK(part.text() == "def");
  CHECK(part.source_of(0) == 13);
  CHECK(part.source_of(1) == 20);
  CHECK(text.part(2, 2).empty());
}

TEST_CASE("what is decoded from each encoding encodes to the same bytes") {
  const std::string text = "FROM x # \xC3\xA9 \xE2\x82\xAC \xF0\x9F\x90\xB3\n";
  for (const auto encoding : {Encoding::utf8, Encoding::utf8_bom, Encoding::utf16_le, Encoding::utf16_be,
                              Encoding::utf32_le, Encoding::utf32_be}) {
    const auto decoded = decode_text(encode_text(text, encoding));
    CHECK(decoded.encoding == encoding);
    CHECK(decoded.text == text);
    CHECK(decoded.valid);
  }
}

TEST_CASE("what is no UTF-16 or UTF-32 is replaced and told") {
  CHECK_FALSE(decode_text(std::string("\xFF\xFE\x00\xD8", 4)).valid);
  CHECK_FALSE(decode_text(std::string("\xFF\xFE"
                                      "a",
                                      3))
                  .valid);
  CHECK(decode_text(std::string("\xFF\xFE\0\0\xFF\xFF\xFF\xFF", 8)).text == "\xEF\xBF\xBD");
}

TEST_CASE("bytes that are no UTF-8 are taken one by one") {
  for (const std::string_view text :
       {"\xFF", "\x80", "\xC0\x80", "\xE2\x82", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE0\x80\x80"}) {
    std::size_t at = 0;
    CHECK(take_utf8(text, at) == replacement_character);
    CHECK(at == 1);
  }
}

}  // namespace
}  // namespace imgslim::dockerfile
