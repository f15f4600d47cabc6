#include "archive/decompressor.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <string>

#include "archive/decoder.h"
#include "core/check.h"

namespace imgslim::archive {
namespace {

// The decoders are asked for chunks of this size only, so that the map does not depend on the reader.
constexpr std::size_t chunk_bytes = 64u << 10;
constexpr std::uint64_t ratio_judged_from = 1ull << 30;

bool has_prefix(std::span<const std::byte> head, std::initializer_list<int> magic, std::size_t offset = 0) {
  if (head.size() < offset + magic.size()) return false;
  return std::equal(magic.begin(), magic.end(), head.begin() + static_cast<std::ptrdiff_t>(offset),
                    [](int expected, std::byte byte) { return std::to_integer<int>(byte) == expected; });
}

bool is_zstd(std::span<const std::byte> head) {
  if (has_prefix(head, {0x28, 0xb5, 0x2f, 0xfd})) return true;
  const bool skippable = has_prefix(head, {0x2a, 0x4d, 0x18}, 1);
  return skippable && (std::to_integer<unsigned>(head[0]) & 0xf0u) == 0x50u;
}

bool is_bzip2(std::span<const std::byte> head) {
  if (!has_prefix(head, {'B', 'Z', 'h'}) || head.size() < 6) return false;
  const auto level = std::to_integer<int>(head[3]);
  const bool block_or_end = has_prefix(head, {0x31, 0x41}, 4) || has_prefix(head, {0x17, 0x72}, 4);
  return level >= '1' && level <= '9' && block_or_end;
}

std::unique_ptr<Decoder> make_decoder(ByteSource& upstream, Compression compression, const Limits& limits) {
  switch (compression) {
    case Compression::none:
      return nullptr;
    case Compression::gzip:
      return make_gzip_decoder(upstream, make_inflate_engine());
    case Compression::zstd:
      return make_zstd_decoder(upstream, limits);
    case Compression::xz:
      return make_filter_decoder(upstream, ArchiveFilter::xz);
    case Compression::bzip2:
      return make_filter_decoder(upstream, ArchiveFilter::bzip2);
  }
  IMGSLIM_CHECK(false && "unknown compression");
  return nullptr;
}

}  // namespace

std::string_view compression_name(Compression compression) {
  constexpr std::array<std::string_view, 5> names{"none", "gzip", "zstd", "xz", "bzip2"};
  return names.at(static_cast<std::size_t>(compression));
}

Compression sniff_compression(std::span<const std::byte> head) {
  if (has_prefix(head, {0x1f, 0x8b})) return Compression::gzip;
  if (is_zstd(head)) return Compression::zstd;
  if (has_prefix(head, {0xfd, '7', 'z', 'X', 'Z', 0x00})) return Compression::xz;
  if (is_bzip2(head)) return Compression::bzip2;
  return Compression::none;
}

struct Decompressor::State {
  ByteSource& upstream;
  Limits limits;
  Compression compression;
  std::unique_ptr<Decoder> decoder;  // null: the bytes are not compressed
  CompressionMap map;
  std::uint64_t bytes_out = 0;
  std::uint64_t mapped = 0;  // uncompressed offset of the last point of the map
  std::vector<std::byte> chunk;
  std::span<const std::byte> chunk_left;
  std::optional<Error> failure;
  bool ended = false;

  [[nodiscard]] std::uint64_t bytes_in() const { return decoder == nullptr ? bytes_out : decoder->bytes_in(); }
  Result<std::size_t> read(std::span<std::byte> buffer);
  Result<std::size_t> read_plain(std::span<std::byte> buffer);
  Result<std::size_t> read_decoded(std::span<std::byte> buffer);
  Result<std::size_t> decode_chunk(std::span<std::byte> output);
  Status account(std::size_t count);
};

Result<std::size_t> Decompressor::State::read(std::span<std::byte> buffer) {
  if (failure.has_value()) return *failure;
  auto count = decoder == nullptr ? read_plain(buffer) : read_decoded(buffer);
  if (!count) failure = count.error();
  return count;
}

Result<std::size_t> Decompressor::State::read_plain(std::span<std::byte> buffer) {
  if (ended) return std::size_t{0};
  IMGSLIM_TRY(const auto count, upstream.read(buffer));
  IMGSLIM_TRY_DONE(account(count));
  return count;
}

/// Whole chunks go straight to the reader; the rest of its buffer is served from a chunk of ours.
Result<std::size_t> Decompressor::State::read_decoded(std::span<std::byte> buffer) {
  std::size_t filled = 0;
  if (chunk_left.empty()) {
    while (!ended && buffer.size() - filled >= chunk_bytes) {
      IMGSLIM_TRY(const auto count, decode_chunk(buffer.subspan(filled, chunk_bytes)));
      filled += count;
    }
    if (filled > 0 || ended) return filled;
    chunk.resize(chunk_bytes);
    IMGSLIM_TRY(const auto count, decode_chunk(chunk));
    chunk_left = std::span(chunk).first(count);
  }
  const auto count = std::min(buffer.size(), chunk_left.size());
  if (count > 0) std::memcpy(buffer.data(), chunk_left.data(), count);
  chunk_left = chunk_left.subspan(count);
  return count;
}

Result<std::size_t> Decompressor::State::decode_chunk(std::span<std::byte> output) {
  IMGSLIM_TRY(const auto count, decoder->decode(output));
  IMGSLIM_TRY_DONE(account(count));
  const auto decoded = bytes_out + decoder->held_output();
  if (!ended && decoded >= mapped + chunk_bytes / 2) {
    map.add(decoded, decoder->bytes_in());
    mapped = decoded;
  }
  return count;
}

Status Decompressor::State::account(std::size_t count) {
  bytes_out += count;
  if (bytes_out > limits.layer_bytes) return limit_hit(limits, &Limits::layer_bytes, "uncompressed data");
  if (bytes_out >= ratio_judged_from && bytes_out / std::max<std::uint64_t>(limits.expansion_ratio, 1) > bytes_in())
    return limit_hit(limits, &Limits::expansion_ratio,
                     std::string(compression_name(compression)) + ": " + std::to_string(bytes_out) + " bytes out of " +
                         std::to_string(bytes_in()));
  if (count == 0 && !ended) {
    ended = true;
    map.finish(bytes_out, bytes_in());
  }
  return Done{};
}

Decompressor::Decompressor(ByteSource& upstream, Compression compression, const Limits& limits)
    : state_(std::make_unique<State>(
          State{upstream, limits, compression, make_decoder(upstream, compression, limits), {}, 0, 0, {}, {}, {}})) {}

Decompressor::~Decompressor() = default;

Result<std::size_t> Decompressor::read(std::span<std::byte> buffer) { return state_->read(buffer); }

std::uint64_t Decompressor::bytes_in() const { return state_->bytes_in(); }

std::uint64_t Decompressor::bytes_out() const { return state_->bytes_out; }

const CompressionMap& Decompressor::map() const { return state_->map; }

}  // namespace imgslim::archive
