#include "archive/read_ahead.h"

#include <atomic>
#include <chrono>
#include <thread>

#include "archive/decompressor.h"
#include "support/catch.h"
#include "unit/archive/compress.h"
#include "unit/archive/sources.h"

using namespace imgslim;
using namespace imgslim::archive;

namespace {

/// Never ends; counts what was taken from it.
class EndlessSource final : public ByteSource {
 public:
  Result<std::size_t> read(std::span<std::byte> buffer) override {
    taken += buffer.size();
    return buffer.size();
  }
  std::atomic<std::size_t> taken = 0;
};

class ThrowingSource final : public ByteSource {
 public:
  Result<std::size_t> read(std::span<std::byte>) override { throw std::bad_alloc(); }
};

}  // namespace

TEST_CASE("reading ahead gives the same bytes for any size of read") {
  const auto text = sample_text(5'000'000);
  for (const std::size_t step : {1'000u, 65'537u, 1u << 20}) {
    ChunkedSource source(text, {100'000, 3, 70'001});
    ReadAhead ahead(source);
    CHECK((read_all(ahead, step) == text));
    std::vector<std::byte> buffer(1);
    CHECK(ahead.read(buffer).value() == 0);
  }
  ChunkedSource empty("", {1});
  ReadAhead ahead(empty);
  CHECK(read_all(ahead).empty());
}

TEST_CASE("an error comes after all bytes before it, and stays") {
  FailingSource source(std::string(600'000, 'x'));
  ReadAhead ahead(source);
  std::vector<std::byte> buffer(300'000);
  std::size_t total = 0;
  auto count = ahead.read(buffer);
  for (; count; count = ahead.read(buffer)) total += *count;
  CHECK(total == 600'000);
  CHECK(count.error().message == "disk on fire");
  CHECK(ahead.read(buffer).error().message == "disk on fire");
}

TEST_CASE("an exception of the upstream arrives as an error") {
  ThrowingSource source;
  ReadAhead ahead(source);
  std::vector<std::byte> buffer(10);
  const auto count = ahead.read(buffer);
  REQUIRE_FALSE(count);
  CHECK(count.error().kind == ErrorKind::environment);
}

TEST_CASE("the queue is bounded and early destruction stops the thread") {
  EndlessSource source;
  {
    ReadAhead ahead(source);
    std::vector<std::byte> buffer(1'000);
    REQUIRE(ahead.read(buffer));
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    CHECK(source.taken <= 9u * 262'144u);
  }
  const auto taken = source.taken.load();
  std::this_thread::sleep_for(std::chrono::milliseconds(10));
  CHECK(source.taken == taken);
  for (int i = 0; i < 200; ++i) ReadAhead never_read(source);
}

TEST_CASE("a decompressor may run on the read-ahead thread, its map read after the end") {
  const auto text = sample_text(3'000'000);
  const auto blob = gzip(text);
  MemorySource source(bytes_of(blob));
  const Limits limits;
  Decompressor decompressor(source, Compression::gzip, limits);
  ReadAhead ahead(decompressor);
  CHECK((read_all(ahead) == text));
  CHECK(decompressor.map().compressed_offset(text.size()) == blob.size());
}
