#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "archive/byte_source.h"
#include "archive/decompressor.h"

namespace imgslim::archive {

/// Passes plain bytes through and estimates what gzip, as registries store layers, would make of them: every block of
/// the first MiB and then each 64th block of 32 KiB is compressed. Depends on the bytes and their offsets alone.
class CompressionEstimate final : public ByteSource {
 public:
  explicit CompressionEstimate(ByteSource& upstream);
  ~CompressionEstimate() override;
  Result<std::size_t> read(std::span<std::byte> buffer) override;

  /// From stream offsets to estimated blob offsets; complete once read() has returned 0.
  [[nodiscard]] const CompressionMap& map() const { return map_; }

 private:
  void sample(std::span<const std::byte> bytes);
  void end_block();

  ByteSource& upstream_;
  CompressionMap map_;
  struct Compressor;
  std::unique_ptr<Compressor> compressor_;
  std::vector<std::byte> block_;       // of the block being sampled, so far
  std::uint64_t position_ = 0;         // in the stream
  std::uint64_t estimated_bytes_ = 0;  // for the stream up to the last sampled block's window
  std::uint64_t window_begin_ = 0;     // bytes from here on take the ratio of the next sampled block
  double ratio_ = 1;
  bool finished_ = false;
};

}  // namespace imgslim::archive
