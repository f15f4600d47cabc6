#include "archive/compression_estimate.h"

#include "support/catch.h"
#include "unit/archive/compress.h"
#include "unit/archive/sources.h"

using namespace imgslim;
using namespace imgslim::archive;

namespace {

std::uint64_t estimate_of(const std::string& text, std::vector<std::size_t> upstream_sizes = {100'000}) {
  ChunkedSource source(text, std::move(upstream_sizes));
  EstimatingSource estimating(source);
  CHECK(read_all(estimating, 70'000) == text);
  REQUIRE(estimating.map() != nullptr);
  return estimating.map()->compressed_offset(text.size());
}

/// Files of sizes that no gap between samples divides, of text, noise and zeros.
std::string mixed_files(std::size_t bytes) {
  std::string text;
  for (unsigned i = 0; text.size() < bytes; ++i) {
    text += sample_text(61'000 + 7'919 * (i % 11), i);
    text += noise(17'000 + 3'001 * (i % 7), i);
    text += std::string(9'000 + 5'003 * (i % 5), '\0');
  }
  return text;
}

}  // namespace

TEST_CASE("the estimate depends on the bytes alone, not on how they arrive") {
  const auto text = mixed_files(5'000'000);
  const auto expected = estimate_of(text);
  CHECK(estimate_of(text, {1, 511, 32'768, 99'999}) == expected);
  CHECK(estimate_of(text, {65'536}) == expected);
}

TEST_CASE("what does not compress is estimated at its size, zeros at nearly nothing") {
  CHECK(estimate_of(noise(3'000'000)) == 3'000'000);
  CHECK(estimate_of(std::string(3'000'000, '\0')) < 30'000);
  CHECK(estimate_of("") == 0);
}

TEST_CASE("the estimate is near what gzip makes of it, of small streams as of large ones") {
  for (const std::size_t bytes : {300'000u, 3'000'000u, 30'000'000u}) {
    const auto text = mixed_files(bytes);
    const auto real = static_cast<double>(gzip(text).size());
    CAPTURE(bytes, real);
    CHECK(static_cast<double>(estimate_of(text)) == Approx(real).epsilon(0.25));
  }
}
