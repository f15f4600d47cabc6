#include "archive/decoder.h"
#include "archive/inflate.h"
#include "support/catch.h"
#include "unit/archive/compress.h"
#include "unit/archive/sources.h"

using namespace imgslim;
using namespace imgslim::archive;

namespace {

std::unique_ptr<InflateEngine> fast_engine() { return make_inflate_engine(); }

Result<std::string> inflate_with(std::unique_ptr<InflateEngine> (*make)(), const std::string& gz,
                                 std::size_t step = 65536) {
  MemorySource source(bytes_of(gz));
  const auto decoder = make_gzip_decoder(source, make());
  std::string text;
  std::vector<std::byte> buffer(step);
  while (true) {
    IMGSLIM_TRY(const auto count, decoder->decode(buffer));
    if (count == 0) break;
    text.append(reinterpret_cast<const char*>(buffer.data()), count);
  }
  if (decoder->bytes_in() != gz.size()) return input_error("input left over");
  return text;
}

/// Both engines must take the same input for right and give the same bytes for it.
std::string agreement(const std::string& gz, std::size_t step = 65536) {
  const auto fast = inflate_with(fast_engine, gz, step);
  const auto slow = inflate_with(make_zlib_engine, gz, step);
  if (fast.has_value() != slow.has_value())
    return "fast: " + (fast ? "ok" : fast.error().message) + ", zlib: " + (slow ? "ok" : slow.error().message);
  if (fast && *fast != *slow) return "different bytes";
  return "agree";
}

std::string many_members() {
  std::string gz;
  for (unsigned i = 0; i < 40; ++i) {
    gz += gzip(sample_text(i * i * 97, i), {.level = static_cast<int>(i % 10)});
    gz += gzip("");
  }
  return gz;
}

}  // namespace

TEST_CASE("members of every kind inflate alike with both engines") {
  CHECK(inflate_with(fast_engine, gzip("")).value().empty());
  CHECK(inflate_with(fast_engine, gzip("hello")).value() == "hello");
  CHECK(agreement(many_members()) == "agree");
  CHECK(inflate_with(fast_engine, gzip("one ") + gzip("") + gzip("two")).value() == "one two");
  const auto big = sample_text(3'000'000);
  for (const int strategy : {Z_DEFAULT_STRATEGY, Z_HUFFMAN_ONLY, Z_RLE, Z_FIXED, Z_FILTERED}) {
    for (const int level : {0, 1, 6, 9}) {
      CAPTURE(strategy, level);
      const auto gz = gzip(big, {.level = level, .strategy = strategy});
      CHECK(inflate_with(fast_engine, gz).value() == big);
      CHECK(inflate_with(make_zlib_engine, gz).value() == big);
    }
  }
  const auto incompressible = noise(1'000'000);
  CHECK(inflate_with(fast_engine, gzip(incompressible)).value() == incompressible);
  const std::string zeros(20'000'000, '\0');
  CHECK((inflate_with(fast_engine, gzip(zeros, {.level = 9})).value() == zeros));
}

TEST_CASE("output steps of any size give the same bytes") {
  const auto text = sample_text(300'000);
  const auto gz = gzip(text.substr(0, 100'000)) + gzip(text.substr(100'000), {.level = 0});
  for (const std::size_t step : {1u, 7u, 100u, 32768u, 65536u, 400'000u}) {
    CAPTURE(step);
    CHECK((inflate_with(fast_engine, gz, step).value() == text));
    CHECK((inflate_with(make_zlib_engine, gz, step).value() == text));
  }
}

TEST_CASE("headers with every optional field are read, even where an input block ends inside them") {
  const GzipOptions options{
      .name = "layer.tar", .comment = "a comment", .extra = std::string(3000, 'e'), .header_crc = true};
  const auto member = gzip("payload", options);
  CHECK(inflate_with(fast_engine, member).value() == "payload");
  // Input blocks hold 128 KiB: the second member's header begins at each place just before and across that border.
  const auto filler = noise(129'000);
  for (std::size_t cut = 0; cut < 400; cut += 7) {
    const auto first = gzip(filler.substr(0, 128'000 + cut), {.level = 0});
    CAPTURE(first.size());
    REQUIRE((inflate_with(fast_engine, first + member).value() == filler.substr(0, 128'000 + cut) + "payload"));
  }
}

TEST_CASE("a member's end and trailer may fall on any side of an input block's border") {
  for (std::size_t extra = 0; extra < 64; ++extra) {
    const auto text = noise(131'072 - 40 + extra - 20);
    const auto gz = gzip(text, {.level = 0}) + gzip("tail");
    CAPTURE(gz.size());
    REQUIRE((inflate_with(fast_engine, gz).value() == text + "tail"));
    REQUIRE((inflate_with(make_zlib_engine, gz).value() == text + "tail"));
  }
}

TEST_CASE("a gzip stream cut anywhere is an error with both engines") {
  const auto gz = gzip(sample_text(2'000), {.name = "n"}) + gzip(sample_text(500), {.level = 0});
  const auto border = gzip(sample_text(2'000), {.name = "n"}).size();
  for (std::size_t length = 0; length < gz.size(); ++length) {
    CAPTURE(length);
    const auto cut = gz.substr(0, length);
    REQUIRE(agreement(cut) == "agree");
    const auto result = inflate_with(fast_engine, cut);
    REQUIRE(result.has_value() == (length == border));
    if (!result) REQUIRE(result.error().kind == ErrorKind::input);
    if (!result && length > 0)
      REQUIRE(result.error().message.find("byte " + std::to_string(length)) != std::string::npos);
  }
}

TEST_CASE("a flipped bit gives an error or the same bytes with both engines") {
  const auto text = sample_text(1'500);
  for (const int level : {0, 1, 6}) {
    const auto gz = gzip(text, {.level = level, .name = "file"}) + gzip("x", {.strategy = Z_FIXED});
    for (std::size_t bit = 0; bit < gz.size() * 8; ++bit) {
      auto broken = gz;
      broken[bit / 8] = static_cast<char>(broken[bit / 8] ^ (1 << (bit % 8)));
      CAPTURE(level, bit);
      REQUIRE(agreement(broken) == "agree");
      const auto result = inflate_with(fast_engine, broken);
      if (result) REQUIRE((*result == text + "x"));
    }
  }
}

TEST_CASE("zero padding behind the last member is accepted, anything else is an error that names its byte") {
  const auto gz = gzip("data");
  CHECK(inflate_with(fast_engine, gz + std::string(70'000, '\0')).value() == "data");
  const auto garbage = inflate_with(fast_engine, gz + "junk");
  REQUIRE_FALSE(garbage);
  CHECK(garbage.error().message == "gzip: byte " + std::to_string(gz.size()) +
                                       " of the compressed data: data behind the last member that is no gzip header");
  const auto hidden = inflate_with(fast_engine, gz + std::string(10, '\0') + gz);
  REQUIRE_FALSE(hidden);
  CHECK(hidden.error().message.find("byte " + std::to_string(gz.size() + 10)) != std::string::npos);
}

TEST_CASE("a wrong length or checksum in the trailer is an error") {
  for (const std::size_t from_end : {1u, 4u, 5u, 8u}) {
    auto gz = gzip("some content");
    gz[gz.size() - from_end] = static_cast<char>(gz[gz.size() - from_end] ^ 1);
    CHECK_FALSE(inflate_with(fast_engine, gz));
    CHECK_FALSE(inflate_with(make_zlib_engine, gz));
  }
}
