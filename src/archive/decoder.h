#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "archive/byte_source.h"
#include "archive/inflate.h"
#include "core/limits.h"
#include "imgslim/result.h"

namespace imgslim::archive {

/// One compression format underneath Decompressor. Errors name the format and the byte of the compressed stream.
class Decoder {
 public:
  virtual ~Decoder() = default;
  /// Fills `output` completely, or less when the stream ends; 0 is the end.
  virtual Result<std::size_t> decode(std::span<std::byte> output) = 0;
  /// Compressed bytes used so far.
  [[nodiscard]] virtual std::uint64_t bytes_in() const = 0;
  /// Bytes decoded out of bytes_in() that a later decode() will hand out.
  [[nodiscard]] virtual std::uint64_t held_output() const { return 0; }
};

/// Multi-member gzip (RFC 1952) over either inflate engine.
std::unique_ptr<Decoder> make_gzip_decoder(ByteSource& upstream, std::unique_ptr<InflateEngine> engine);
/// zstd frames and skippable frames (RFC 8878).
std::unique_ptr<Decoder> make_zstd_decoder(ByteSource& upstream, const Limits& limits);
/// xz or bzip2 by libarchive's filter of that name.
enum class ArchiveFilter { xz, bzip2 };
std::unique_ptr<Decoder> make_filter_decoder(ByteSource& upstream, ArchiveFilter filter);

}  // namespace imgslim::archive
