#include "archive/compression_estimate.h"

#include <zstd.h>

#include <algorithm>

#include "core/check.h"

namespace imgslim::archive {
namespace {

constexpr std::uint64_t block_bytes = 16u << 10;

/// Where the next sample is taken: the gap grows with the offset, so that small layers are estimated as well as large
/// ones, which cost less for each byte. Over 25 real layers of 2 to 744 MB the estimate was off by 5 % (root mean
/// square).
std::uint64_t block_after(std::uint64_t block) {
  constexpr std::uint64_t dense_blocks = 48, largest_gap = 512;
  return block + std::clamp<std::uint64_t>(block / dense_blocks, 1, largest_gap);
}

/// What gzip over a whole layer makes of a block, given what zstd level 1 makes of the block alone: the better a block
/// compresses, the more it gains from what stands before it. Fitted over the same layers, as buildah compresses them.
double as_gzip_of_layer(double zstd_ratio) { return zstd_ratio * (1 - 0.15 * (1 - zstd_ratio)); }

}  // namespace

struct CompressionEstimate::Compressor {
  ZSTD_CCtx* context = ZSTD_createCCtx();
  std::vector<std::byte> output = std::vector<std::byte>(ZSTD_compressBound(block_bytes));
  Compressor() = default;
  Compressor(const Compressor&) = delete;
  Compressor& operator=(const Compressor&) = delete;
  ~Compressor() { ZSTD_freeCCtx(context); }

  double ratio_of(std::span<const std::byte> bytes) {
    const auto size = ZSTD_compressCCtx(context, output.data(), output.size(), bytes.data(), bytes.size(), 1);
    IMGSLIM_CHECK(ZSTD_isError(size) == 0);
    return as_gzip_of_layer(std::min(1.0, static_cast<double>(size) / static_cast<double>(bytes.size())));
  }
};

CompressionEstimate::CompressionEstimate() : compressor_(std::make_unique<Compressor>()) {
  block_.reserve(block_bytes);
}

CompressionEstimate::~CompressionEstimate() = default;

const CompressionMap& CompressionEstimate::finish() {
  if (!block_.empty()) end_block(block_);
  estimated_bytes_ += static_cast<std::uint64_t>(ratio_ * static_cast<double>(position_ - window_begin_));
  map_.finish(position_, estimated_bytes_);
  return map_;
}

void CompressionEstimate::feed(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const auto in_block = position_ % block_bytes;
    const auto part =
        bytes.first(static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size(), block_bytes - in_block)));
    const bool is_sample = position_ / block_bytes == next_sample_;
    position_ += part.size();
    if (is_sample && part.size() == block_bytes) {
      end_block(part);
    } else if (is_sample) {
      block_.insert(block_.end(), part.begin(), part.end());
      if (block_.size() == block_bytes) end_block(block_);
    }
    bytes = bytes.subspan(part.size());
  }
}

/// A sampled block is complete: its ratio stands for itself and for what follows until the next one.
void CompressionEstimate::end_block(std::span<const std::byte> block) {
  const auto block_begin = position_ - block.size();
  estimated_bytes_ += static_cast<std::uint64_t>(ratio_ * static_cast<double>(block_begin - window_begin_));
  if (block_begin > 0) map_.add(block_begin, estimated_bytes_);
  window_begin_ = block_begin;
  ratio_ = compressor_->ratio_of(block);
  next_sample_ = block_after(next_sample_);
  block_.clear();
}

Result<std::size_t> EstimatingSource::read(std::span<std::byte> buffer) {
  IMGSLIM_TRY(const auto count, upstream_.read(buffer));
  if (count > 0) {
    estimate_.feed(buffer.first(count));
  } else if (map_ == nullptr) {
    map_ = &estimate_.finish();
  }
  return count;
}

}  // namespace imgslim::archive
