#pragma once

#include <archive.h>
#include <archive_entry.h>
#include <zlib.h>
#include <zstd.h>

#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "core/check.h"

namespace imgslim::archive {

struct GzipOptions {
  int level = 6;
  int strategy = Z_DEFAULT_STRATEGY;
  std::string name = {};     ///< FNAME when not empty
  std::string comment = {};  ///< FCOMMENT when not empty
  std::string extra = {};    ///< FEXTRA when not empty
  bool header_crc = false;
};

/// One gzip member written by zlib.
inline std::string gzip(std::string_view text, GzipOptions options = {}) {
  z_stream stream{};
  IMGSLIM_CHECK(deflateInit2(&stream, options.level, Z_DEFLATED, MAX_WBITS + 16, 8, options.strategy) == Z_OK);
  gz_header header{};
  auto bytes = [](std::string& field) { return field.empty() ? nullptr : reinterpret_cast<Bytef*>(field.data()); };
  header.name = bytes(options.name);
  header.comment = bytes(options.comment);
  header.extra = bytes(options.extra);
  header.extra_len = static_cast<uInt>(options.extra.size());
  header.hcrc = options.header_crc ? 1 : 0;
  header.os = 3;
  deflateSetHeader(&stream, &header);
  std::string out(deflateBound(&stream, static_cast<uLong>(text.size())) + 1'000 + options.extra.size(), '\0');
  stream.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  IMGSLIM_CHECK(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

inline std::string zstd(std::string_view text, int level = 3, int window_log = 0, bool stated_size = true) {
  ZSTD_CCtx* context = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, level);
  ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
  ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, window_log);
  std::string out(ZSTD_compressBound(text.size()) + 64, '\0');
  ZSTD_inBuffer in{text.data(), text.size(), 0};
  ZSTD_outBuffer buffer{out.data(), out.size(), 0};
  if (stated_size) ZSTD_CCtx_setPledgedSrcSize(context, text.size());
  // Fed in two calls so that the frame has a window and is not a single segment.
  if (!stated_size) ZSTD_compressStream2(context, &buffer, &in, ZSTD_e_continue);
  while (ZSTD_compressStream2(context, &buffer, &in, ZSTD_e_end) != 0) {
  }
  ZSTD_freeCCtx(context);
  out.resize(buffer.pos);
  return out;
}

inline std::string zstd_skippable(std::string_view payload) {
  const auto size = static_cast<std::uint32_t>(payload.size());
  std::string frame{'\x5a', '\x2a', '\x4d', '\x18'};
  for (int shift = 0; shift < 32; shift += 8) frame += static_cast<char>(size >> shift);
  return frame.append(payload);
}

/// xz or bzip2 by libarchive's writer: `add_filter` is archive_write_add_filter_xz or _bzip2.
inline std::string filter_compress(std::string_view text, int (*add_filter)(struct archive*)) {
  std::string out(text.size() * 2 + 4096, '\0');
  std::size_t used = 0;
  struct archive* writer = archive_write_new();
  IMGSLIM_CHECK(add_filter(writer) == ARCHIVE_OK);
  archive_write_set_format_raw(writer);
  archive_write_set_bytes_per_block(writer, 0);
  IMGSLIM_CHECK(archive_write_open_memory(writer, out.data(), out.size(), &used) == ARCHIVE_OK);
  struct archive_entry* entry = archive_entry_new();
  archive_entry_set_filetype(entry, AE_IFREG);
  archive_write_header(writer, entry);
  archive_write_data(writer, text.data(), text.size());
  archive_entry_free(entry);
  archive_write_close(writer);
  archive_write_free(writer);
  out.resize(used);
  return out;
}

/// Text that compresses about as well as programs do.
inline std::string sample_text(std::size_t size, unsigned seed = 1) {
  std::mt19937 random(seed);
  std::string text;
  while (text.size() < size) {
    if (random() % 4 == 0 && text.size() > 100) {
      text += text.substr(random() % (text.size() - 50), 3 + random() % 40);
    } else {
      text += static_cast<char>(random() % 97);
    }
  }
  text.resize(size);
  return text;
}

/// Bytes that do not compress.
inline std::string noise(std::size_t size, unsigned seed = 1) {
  std::mt19937 random(seed);
  std::string text(size, '\0');
  for (auto& byte : text) byte = static_cast<char>(random());
  return text;
}

}  // namespace imgslim::archive
