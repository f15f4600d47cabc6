#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "archive/byte_source.h"
#include "archive/decompressor.h"

namespace imgslim::archive {

/// Estimates what gzip, as registries store layers, would make of a stream: blocks of 16 KiB are compressed, all of the
/// first 768 KiB, fewer and fewer further on. Depends on the bytes and their offsets alone.
class CompressionEstimate {
 public:
  CompressionEstimate();
  ~CompressionEstimate();
  CompressionEstimate(const CompressionEstimate&) = delete;
  CompressionEstimate& operator=(const CompressionEstimate&) = delete;

  /// The next bytes of the stream.
  void feed(std::span<const std::byte> bytes);
  /// The stream has ended: from its offsets to estimated blob offsets.
  const CompressionMap& finish();

 private:
  void end_block(std::span<const std::byte> block);

  CompressionMap map_;
  struct Compressor;
  std::unique_ptr<Compressor> compressor_;
  std::vector<std::byte> block_;       // of a sampled block that comes in parts, so far
  std::uint64_t position_ = 0;         // in the stream
  std::uint64_t next_sample_ = 0;      // the number of the next block to be compressed
  std::uint64_t estimated_bytes_ = 0;  // for the stream up to the last sampled block's window
  std::uint64_t window_begin_ = 0;     // bytes from here on take the ratio of the next sampled block
  double ratio_ = 1;
};

/// Passes plain bytes through and estimates on the way.
class EstimatingSource final : public ByteSource {
 public:
  explicit EstimatingSource(ByteSource& upstream) : upstream_(upstream) {}
  Result<std::size_t> read(std::span<std::byte> buffer) override;

  /// Null until read() has returned 0.
  [[nodiscard]] const CompressionMap* map() const { return map_; }

 private:
  ByteSource& upstream_;
  CompressionEstimate estimate_;
  const CompressionMap* map_ = nullptr;
};

}  // namespace imgslim::archive
