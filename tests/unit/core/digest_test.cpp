#include "core/digest.h"

#include "support/catch.h"

using namespace imgslim;

TEST_CASE("digests follow the grammar of the descriptor spec") {
  const std::string hex(64, 'a');
  CHECK(Digest::parse("sha256:" + hex));
  CHECK(Digest::parse("sha512:" + hex + hex));
  CHECK(Digest::parse("multihash+base58:QmRZxt2b1FVZPNqd8hsiykDL3TdBDeTSPX9Kv46HmX4Gx8"));
  CHECK_FALSE(Digest::parse("sha256:" + std::string(64, 'A')));
  CHECK_FALSE(Digest::parse("sha256:abc"));
  CHECK_FALSE(Digest::parse("sha256:../../etc/passwd"));
  CHECK_FALSE(Digest::parse("sha256"));
  CHECK_FALSE(Digest::parse("+sha256:" + hex));
}

TEST_CASE("SHA-256 of known bytes") {
  CHECK(sha256_of("").text() == "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(sha256_of("abc").encoded() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}
