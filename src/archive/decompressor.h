#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "archive/byte_source.h"
#include "core/limits.h"

namespace imgslim::archive {

enum class Compression { none, gzip, zstd, xz, bzip2 };

[[nodiscard]] std::string_view compression_name(Compression compression);  ///< "gzip", "none" …

/// Told apart by the first bytes alone (at least 6 of them, fewer when the stream is shorter).
[[nodiscard]] Compression sniff_compression(std::span<const std::byte> head);

/// Which compressed byte each uncompressed byte came from: points (uncompressed, compressed), both ascending,
/// recorded whenever the decoder moved on in its input. The same blob gives the same points at any buffer size.
class CompressionMap {
 public:
  void add(std::uint64_t uncompressed, std::uint64_t compressed);
  /// Ends the map: the whole stream is `uncompressed` bytes out of `compressed` bytes.
  void finish(std::uint64_t uncompressed, std::uint64_t compressed);
  /// The compressed offset of an uncompressed offset, interpolated between points; monotonic, so that the parts of a
  /// stream sum to its whole. Asked with ascending offsets it costs O(points) in all.
  /// Not for two threads at once.
  [[nodiscard]] std::uint64_t compressed_offset(std::uint64_t uncompressed) const;
  /// Points held, of 16 bytes each.
  [[nodiscard]] std::size_t point_count() const { return points_.size(); }

 private:
  struct Point {
    std::uint64_t uncompressed, compressed;
  };
  std::vector<Point> points_;
  mutable std::size_t cursor_ = 0;
};

/// Decodes a compressed stream: multi-member gzip (NUL padding after the last member is accepted, other garbage is an
/// error), multi-frame zstd with skippable frames, xz, bzip2, or none. A stream that stops inside a member is an input
/// error that names the byte. Enforces Limits::expansion_ratio, layer_bytes and zstd_window_bytes.
class Decompressor final : public ByteSource {
 public:
  Decompressor(ByteSource& upstream, Compression compression, const Limits& limits);
  ~Decompressor() override;
  Result<std::size_t> read(std::span<std::byte> buffer) override;

  [[nodiscard]] std::uint64_t bytes_in() const;
  [[nodiscard]] std::uint64_t bytes_out() const;
  /// Complete once read() has returned 0.
  [[nodiscard]] const CompressionMap& map() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace imgslim::archive
