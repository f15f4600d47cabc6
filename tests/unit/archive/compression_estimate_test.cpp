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

TEST_CASE("samples tell of small streams as well as of large ones") {
  // Words drawn at random gain more from gzip's window than real files do, so the estimate is high, but evenly so.
  const auto off_by = [](std::size_t bytes) {
    const auto text = mixed_files(bytes);
    return static_cast<double>(estimate_of(text)) / static_cast<double>(gzip(text).size());
  };
  const auto fully_sampled = off_by(900'000);
  CHECK(fully_sampled == Approx(1.2).epsilon(0.1));
  CHECK(off_by(3'000'000) == Approx(fully_sampled).epsilon(0.08));
  CHECK(off_by(30'000'000) == Approx(fully_sampled).epsilon(0.08));
}

TEST_CASE("a stream of noise and zeros in files of odd sizes is estimated within a tenth") {
  std::string text;
  std::uint64_t noise_bytes = 0;
  for (unsigned i = 0; text.size() < 20'000'000; ++i) {
    const std::size_t size = 17'001 + 3'001 * (i % 7);
    noise_bytes += size;
    text += noise(size, i) + std::string(9'000 + 5'003 * (i % 5), '\0');
  }
  CHECK(static_cast<double>(estimate_of(text)) == Approx(static_cast<double>(noise_bytes)).epsilon(0.10));
}
