#include "archive/decompressor.h"

#include "support/catch.h"
#include "unit/archive/compress.h"
#include "unit/archive/sources.h"

using namespace imgslim;
using namespace imgslim::archive;

namespace {

Result<std::string> decompress(const std::string& blob, Compression compression, const Limits& limits = {}) {
  MemorySource source(bytes_of(blob));
  Decompressor decompressor(source, compression, limits);
  return try_read_all(decompressor, 70'000);
}

struct Offsets {
  std::string text;
  std::vector<std::uint64_t> compressed;
  std::uint64_t bytes_in, bytes_out;
  bool operator==(const Offsets&) const = default;
};

/// The content and the map at many places, read through an upstream of the given read sizes in steps of `step`.
Offsets offsets_of(const std::string& blob, Compression compression, std::vector<std::size_t> upstream_sizes,
                   std::size_t step) {
  ChunkedSource source(blob, std::move(upstream_sizes));
  const Limits limits;
  Decompressor decompressor(source, compression, limits);
  Offsets offsets;
  offsets.text = read_all(decompressor, step);
  for (std::uint64_t at = 0; at <= offsets.text.size(); at += 1 + offsets.text.size() / 997)
    offsets.compressed.push_back(decompressor.map().compressed_offset(at));
  offsets.bytes_in = decompressor.bytes_in();
  offsets.bytes_out = decompressor.bytes_out();
  return offsets;
}

/// Alternates what compresses well and what does not, so that a map by proportion would be far off.
std::string uneven_text() {
  std::string text;
  for (unsigned i = 0; i < 6; ++i)
    text += noise(200'000 + 1'000 * i, i) + std::string(300'000, static_cast<char>('a' + i));
  return text;
}

std::string compress(const std::string& text, Compression compression) {
  switch (compression) {
    case Compression::gzip:
      return gzip(text);
    case Compression::zstd:
      return zstd(text);
    case Compression::xz:
      return filter_compress(text, archive_write_add_filter_xz);
    case Compression::bzip2:
      return filter_compress(text, archive_write_add_filter_bzip2);
    case Compression::none:
      break;
  }
  return text;
}

constexpr Compression all_formats[] = {Compression::none, Compression::gzip, Compression::zstd, Compression::xz,
                                       Compression::bzip2};

}  // namespace

TEST_CASE("formats are told apart by their first bytes") {
  for (const auto format : all_formats) {
    CAPTURE(compression_name(format));
    const auto blob = compress(sample_text(1000), format);
    CHECK(sniff_compression(bytes_of(blob).first(6)) == format);
    CHECK(sniff_compression(bytes_of(compress("", format)).first(compress("", format).empty() ? 0 : 6)) == format);
  }
  CHECK(sniff_compression(bytes_of(zstd_skippable("x"))) == Compression::zstd);
  CHECK(sniff_compression(bytes_of("BZh9 is no bzip2 stream")) == Compression::none);
  CHECK(sniff_compression(bytes_of("")) == Compression::none);
}

TEST_CASE("every format gives back its content, empty and large") {
  for (const auto format : all_formats) {
    CAPTURE(compression_name(format));
    for (const std::size_t size : {0u, 1u, 65'536u, 1'000'001u}) {
      const auto text = sample_text(size);
      CAPTURE(size);
      CHECK((decompress(compress(text, format), format).value() == text));
    }
  }
}

TEST_CASE("the map and the bytes are the same however the input is split and the output is read") {
  const auto text = uneven_text();
  for (const auto format : all_formats) {
    CAPTURE(compression_name(format));
    const auto blob = compress(text, format);
    const auto whole = offsets_of(blob, format, {1u << 30}, 1u << 20);
    CHECK((whole.text == text));
    CHECK(whole.bytes_in == blob.size());
    CHECK(whole.bytes_out == text.size());
    CHECK(whole.compressed.front() == 0);
    CHECK(std::is_sorted(whole.compressed.begin(), whole.compressed.end()));
    CHECK((offsets_of(blob, format, {1u << 30}, 1000) == whole));
    CHECK((offsets_of(blob, format, {65'536, 1, 4095}, 256u << 10) == whole));
    CHECK((offsets_of(blob, format, {17}, 65'537) == whole));
  }
}

TEST_CASE("the map follows what compressed well and what did not") {
  const auto text = uneven_text();
  for (const auto format : {Compression::gzip, Compression::zstd}) {
    CAPTURE(compression_name(format));
    const auto blob = compress(text, format);
    MemorySource source(bytes_of(blob));
    const Limits limits;
    Decompressor decompressor(source, format, limits);
    REQUIRE(drain(decompressor));
    const auto& map = decompressor.map();
    const auto noisy = map.compressed_offset(200'000) - map.compressed_offset(0);
    const auto flat = map.compressed_offset(480'000) - map.compressed_offset(220'000);
    CHECK(noisy > 150'000);
    CHECK(flat < 60'000);
    CHECK(map.compressed_offset(text.size()) == blob.size());
    CHECK(map.compressed_offset(text.size() + 5) == blob.size());
    CHECK(map.compressed_offset(0) == 0);  // asked backwards
  }
}

TEST_CASE("zstd frames and skippable frames may follow in any order") {
  const auto text = sample_text(400'000);
  const auto blob = zstd_skippable("table of contents") + zstd(text.substr(0, 300'000)) + zstd_skippable("") +
                    zstd(text.substr(300'000), 19) + zstd("") + zstd_skippable(std::string(200'000, 's'));
  CHECK((decompress(blob, Compression::zstd).value() == text));
  CHECK(decompress(zstd_skippable("nothing else"), Compression::zstd).value().empty());
}

TEST_CASE("a zstd stream cut anywhere is an error") {
  const auto skippable = zstd_skippable("abc");
  const auto first = skippable + zstd(sample_text(3'000), 3, 0, false);
  const auto blob = first + zstd(noise(50));
  for (std::size_t length = 0; length < blob.size(); ++length) {
    CAPTURE(length);
    const auto result = decompress(blob.substr(0, length), Compression::zstd);
    REQUIRE(result.has_value() == (length == first.size() || length == skippable.size()));
  }
}

TEST_CASE("damage is an input error that names the format and a byte") {
  for (const auto format : {Compression::gzip, Compression::zstd, Compression::xz, Compression::bzip2}) {
    auto blob = compress(sample_text(300'000), format);
    CAPTURE(compression_name(format));
    const auto cut = decompress(blob.substr(0, blob.size() / 2), format);
    REQUIRE_FALSE(cut);
    CHECK(cut.error().kind == ErrorKind::input);
    CHECK(cut.error().message.find(std::string(compression_name(format)) + ": byte ") == 0);
    const auto behind = decompress(blob + "GARBAGE BEHIND THE END", format);
    REQUIRE_FALSE(behind);
    CHECK(behind.error().kind == ErrorKind::input);
    blob[blob.size() / 2] = static_cast<char>(blob[blob.size() / 2] ^ 0x10);
    CHECK_FALSE(decompress(blob, format));
    const auto other = decompress("this is no compressed stream at all", format);
    REQUIRE_FALSE(other);
    CHECK(other.error().message.find(std::string(compression_name(format)) + ": byte ") == 0);
    CHECK_FALSE(decompress("", format));
  }
}

TEST_CASE("a zstd window over the limit is refused by the limit's name") {
  const auto blob = zstd(sample_text(3'000'000), 3, 21, false);
  Limits limits;
  limits.zstd_window_bytes = 1u << 20;
  const auto refused = decompress(blob, Compression::zstd, limits);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == ErrorKind::limit);
  CHECK(refused.error().message.find("zstd-window-bytes") != std::string::npos);
  limits.zstd_window_bytes = 1u << 21;
  CHECK(decompress(blob, Compression::zstd, limits));
}

TEST_CASE("more bytes than the layer limit are refused, also without compression") {
  Limits limits;
  limits.layer_bytes = 100'000;
  for (const auto format : all_formats) {
    const auto fits = decompress(compress(std::string(100'000, 'a'), format), format, limits);
    CHECK(fits);
    const auto refused = decompress(compress(std::string(100'001, 'a'), format), format, limits);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().kind == ErrorKind::limit);
    CHECK(refused.error().message.find("layer-bytes") != std::string::npos);
  }
}

TEST_CASE("a bomb is stopped once one GiB came out of too little") {
  const std::string zeros(64u << 20, '\0');
  std::string bomb;
  for (int i = 0; i < 20; ++i) bomb += zstd(zeros);
  MemorySource source(bytes_of(bomb));
  const Limits limits;
  Decompressor decompressor(source, Compression::zstd, limits);
  const auto drained = drain(decompressor);
  REQUIRE_FALSE(drained);
  CHECK(drained.error().kind == ErrorKind::limit);
  CHECK(drained.error().message.find("expansion-ratio") != std::string::npos);
  CHECK(decompressor.bytes_out() < (1ull << 30) + (1u << 20));
}

TEST_CASE("an error of the upstream comes through as it is, and again on the next read") {
  for (const auto format : all_formats) {
    CAPTURE(compression_name(format));
    const auto blob = compress(noise(500'000), format);
    FailingSource source(blob.substr(0, 200'000));
    const Limits limits;
    Decompressor decompressor(source, format, limits);
    const auto result = try_read_all(decompressor);
    REQUIRE_FALSE(result);
    CHECK(result.error().message == "disk on fire");
    std::vector<std::byte> buffer(10);
    CHECK(decompressor.read(buffer).error().message == "disk on fire");
  }
}

TEST_CASE("a map holds at most one point per 32 KiB, however small the members are") {
  std::string blob;
  for (unsigned i = 0; i < 60'000; ++i) blob += gzip(std::string(1 + i % 3, 'x'));
  for (const auto& stream : {blob, gzip(noise(3'000'000))}) {
    MemorySource source(bytes_of(stream));
    const Limits limits;
    Decompressor decompressor(source, Compression::gzip, limits);
    const auto size = drain(decompressor).value();
    CHECK(decompressor.map().point_count() <= size / 32768 + 1);
    CHECK(decompressor.map().point_count() >= size / 262'144);
    CHECK(decompressor.map().compressed_offset(size) == stream.size());
  }
}
