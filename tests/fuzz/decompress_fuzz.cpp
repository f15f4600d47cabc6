// Any bytes through every decoder. What must hold beyond not crashing: both inflate engines accept the same gzip
// streams and give the same bytes, and the result does not depend on how the reader asks for it.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "archive/decoder.h"
#include "archive/decompressor.h"

using namespace imgslim;
using namespace imgslim::archive;

namespace {

constexpr std::size_t output_limit = 1u << 20;

struct Outcome {
  bool complete = false;
  std::string text;
};

template <typename Read>
Outcome collect(std::size_t step, Read read) {
  Outcome outcome;
  std::vector<std::byte> buffer(step);
  while (outcome.text.size() < output_limit) {
    auto count = read(std::span(buffer));
    if (!count) return outcome;
    outcome.complete = *count == 0;
    if (outcome.complete) return outcome;
    outcome.text.append(reinterpret_cast<const char*>(buffer.data()), *count);
  }
  return outcome;
}

Outcome inflate(std::span<const std::byte> bytes, std::unique_ptr<InflateEngine> engine) {
  MemorySource source(bytes);
  const auto decoder = make_gzip_decoder(source, std::move(engine));
  return collect(64u << 10, [&](std::span<std::byte> buffer) { return decoder->decode(buffer); });
}

Outcome decompress(std::span<const std::byte> bytes, Compression compression, std::size_t step) {
  MemorySource source(bytes);
  Limits limits;
  limits.zstd_window_bytes = 8u << 20;
  limits.layer_bytes = output_limit;
  Decompressor decompressor(source, compression, limits);
  auto outcome = collect(step, [&](std::span<std::byte> buffer) { return decompressor.read(buffer); });
  if (outcome.complete && decompressor.map().compressed_offset(outcome.text.size()) != bytes.size()) std::abort();
  return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  const auto fast = inflate(bytes, make_inflate_engine());
  const auto slow = inflate(bytes, make_zlib_engine());
  if (fast.complete != slow.complete || (fast.complete && fast.text != slow.text)) std::abort();
  const auto compression = sniff_compression(bytes);
  const auto whole = decompress(bytes, compression, 192u << 10);
  const auto pieces = decompress(bytes, compression, 777);
  if (whole.complete != pieces.complete || (whole.complete && whole.text != pieces.text)) std::abort();
  return 0;
}
