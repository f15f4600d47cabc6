#include "archive/byte_source.h"

#include <cstring>

#include "support/catch.h"
#include "unit/archive/sources.h"

using namespace imgslim;
using namespace imgslim::archive;

TEST_CASE("read_fully joins short reads and stops at the end") {
  const std::string text = "abcdefghij";
  ChunkedSource source(text, {1, 2, 3});
  std::vector<std::byte> buffer(7);
  REQUIRE(read_fully(source, buffer).value() == 7);
  CHECK(std::memcmp(buffer.data(), "abcdefg", 7) == 0);
  REQUIRE(read_fully(source, buffer).value() == 3);
  CHECK(std::memcmp(buffer.data(), "hij", 3) == 0);
  CHECK(read_fully(source, buffer).value() == 0);
}

TEST_CASE("a hashing source hashes exactly what passes through it") {
  ChunkedSource source("abc", {1});
  HashingSource hashing(source);
  CHECK(drain(hashing).value() == 3);
  CHECK(hashing.bytes() == 3);
  CHECK(hashing.finish().encoded() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_CASE("peeking leaves the stream whole") {
  ChunkedSource source("abcdefgh", {3});
  PeekSource peek(source);
  CHECK(peek.peek(4).value().size() == 4);
  CHECK(peek.peek(2).value().size() == 2);
  std::vector<std::byte> one(1);
  REQUIRE(peek.read(one).value() == 1);
  CHECK(one[0] == std::byte{'a'});
  const auto next = peek.peek(100).value();
  REQUIRE(next.size() == 7);
  CHECK(next[0] == std::byte{'b'});
  CHECK(read_all(peek) == "bcdefgh");
  CHECK(peek.peek(1).value().empty());
}

TEST_CASE("an upstream error passes through hashing, peeking and read_fully") {
  FailingSource failing("ab");
  PeekSource peek(failing);
  CHECK_FALSE(peek.peek(3));
  FailingSource again("ab");
  HashingSource hashing(again);
  const auto drained = drain(hashing);
  REQUIRE_FALSE(drained);
  CHECK(drained.error().kind == ErrorKind::environment);
}
