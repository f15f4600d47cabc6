// One pass over a layer's blob:
//   blob -> SHA-256 (descriptor digest) -> decompress -> SHA-256 (diff_id) -> tar -> file hashes and probes
// Each arrow pulls; with pipelining the first two stages run ahead on threads of their own. A plain blob has equal
// digests and is hashed once; what a pull would move is then estimated from samples.
#include "layer/read.h"

#include <memory>
#include <optional>

#include "archive/compression_estimate.h"
#include "archive/decompressor.h"
#include "archive/read_ahead.h"
#include "archive/tar_reader.h"
#include "layer/entry_sizes.h"
#include "layer/layer_builder.h"

namespace imgslim::layer {
namespace {

using archive::ByteSource;
using archive::Compression;

/// The chain from blob to plain tar bytes. Members refer to one another: built in place, never moved.
class BlobPipeline {
 public:
  BlobPipeline(ByteSource& blob, Pipelining pipelining, const Limits& limits)
      : blob_hash_(blob), pipelining_(pipelining), limits_(limits), peek_(run_ahead(fetch_ahead_, blob_hash_)) {}

  Status open() {
    IMGSLIM_TRY(const auto head, peek_.peek(16));
    compression_ = archive::sniff_compression(head);
    decompressor_.emplace(peek_, compression_, limits_);
    if (compression_ == Compression::none) {
      estimate_.emplace(*decompressor_);
      plain_ = &*estimate_;
    } else {
      plain_hash_.emplace(run_ahead(decompress_ahead_, *decompressor_));
      plain_ = &*plain_hash_;
    }
    return Done{};
  }

  ByteSource& plain() { return *plain_; }

  /// Fills in digests and sizes; the plain side has been drained.
  Status finish(Layer& layer) {
    IMGSLIM_TRY_DONE(drain_rest());
    layer.compression = compression_;
    layer.blob_bytes = blob_hash_.bytes();
    layer.blob_digest = blob_hash_.finish();
    layer.diff_id = plain_hash_ ? plain_hash_->finish() : layer.blob_digest;
    return Done{};
  }

  [[nodiscard]] const archive::CompressionMap& map() const {
    return estimate_ ? *estimate_->map() : decompressor_->map();
  }

 private:
  ByteSource& run_ahead(std::optional<archive::ReadAhead>& slot, ByteSource& source) {
    if (pipelining_ == Pipelining::off) return source;
    return slot.emplace(source);
  }

  /// The tar reader has read the plain side to its end; what stands behind the compressed data belongs to the digest.
  Status drain_rest() {
    IMGSLIM_TRY([[maybe_unused]] const auto plain_rest, archive::drain(*plain_));
    IMGSLIM_TRY([[maybe_unused]] const auto blob_rest, archive::drain(peek_));
    return Done{};
  }

  archive::HashingSource blob_hash_;
  Pipelining pipelining_;
  const Limits& limits_;
  std::optional<archive::ReadAhead> fetch_ahead_;
  archive::PeekSource peek_;
  Compression compression_ = Compression::none;
  std::optional<archive::Decompressor> decompressor_;
  std::optional<archive::ReadAhead> decompress_ahead_;
  std::optional<archive::HashingSource> plain_hash_;
  std::optional<archive::EstimatingSource> estimate_;
  ByteSource* plain_ = nullptr;
};

/// Reads the content of a regular file into its probe; returns the bytes that the tar stores for it.
Result<std::uint64_t> read_content(archive::TarReader& tar, ContentProbe& probe) {
  std::uint64_t content_bytes = 0;
  while (true) {
    IMGSLIM_TRY(const auto block, tar.next_block());
    if (!block) return content_bytes;
    content_bytes += block->bytes.size();
    probe.feed(block->offset, block->bytes);
  }
}

Status read_entry(archive::TarReader& tar, const archive::TarEntry& header, LayerBuilder& builder) {
  IMGSLIM_TRY(const auto index, builder.add(header));
  if (header.sparse) builder.layer().sparse.push_back({index, header.logical_bytes});
  if (header.kind != EntryKind::regular || header.logical_bytes == 0) return Done{};
  auto probe = builder.probe(index, header);
  IMGSLIM_TRY(const auto content_bytes, read_content(tar, probe));
  builder.set_content(index, content_bytes, probe.kind(), probe.finish());
  return Done{};
}

}  // namespace

Result<Layer> read(ByteSource& blob, Pipelining pipelining, const Limits& limits) {
  BlobPipeline pipeline(blob, pipelining, limits);
  IMGSLIM_TRY_DONE(pipeline.open());
  LayerBuilder builder(limits);
  archive::TarReader tar(pipeline.plain(), limits);
  std::vector<std::uint64_t> offsets;
  while (true) {
    IMGSLIM_TRY(const auto header, tar.next());
    offsets.push_back(tar.entry_offset());
    if (!header) break;
    IMGSLIM_TRY_DONE(read_entry(tar, *header, builder));
  }
  Layer& layer = builder.layer();
  IMGSLIM_TRY_DONE(pipeline.finish(layer));
  layer.stored_bytes = tar.total_bytes();
  layer.padding_bytes = layer.stored_bytes - offsets.back();
  layer.compressed_bytes_estimate = pipeline.map().compressed_offset(layer.stored_bytes);
  settle_sizes(layer, offsets, pipeline.map());
  builder.notes().add_all(tar.notes());
  return std::move(builder).finish();
}

}  // namespace imgslim::layer
