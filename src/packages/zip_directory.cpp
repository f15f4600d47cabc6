// A zip archive (PKWARE's APPNOTE.TXT, section 4.3) is found from its end: the end record (PK\5\6, 22 bytes and a
// comment) gives the central directory's size and offset, whose entries (PK\1\2) give each file's local header
// (PK\3\4), behind which its data stands. All numbers are little-endian. Values that do not fit are all ones and stand
// in the extra field 1 (zip64), in the order uncompressed size, compressed size, header offset; the directory's own in
// the zip64 end record (PK\6\6) that a locator (PK\6\7) before the end record points to. Offsets count from the
// archive's begin, which a launcher script in front of it moves; the end record's own place tells by how much. Sizes
// are claims: inflating stops at what the caller allows.
#include "packages/zip_directory.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <optional>

namespace imgslim::packages {
namespace {

constexpr std::uint32_t end_magic = 0x06054b50;
constexpr std::uint32_t end64_locator_magic = 0x07064b50;
constexpr std::uint32_t end64_magic = 0x06064b50;
constexpr std::uint32_t entry_magic = 0x02014b50;
constexpr std::uint32_t local_magic = 0x04034b50;
constexpr std::uint64_t end_bytes = 22;
constexpr std::uint64_t end64_locator_bytes = 20;
constexpr std::uint64_t end64_bytes = 56;
constexpr std::uint64_t entry_bytes = 46;
constexpr std::uint64_t local_bytes = 30;
constexpr std::uint64_t longest_comment = 65'535;
constexpr std::uint32_t in_zip64 = 0xffffffff;
constexpr std::uint16_t zip64_extra = 1;

std::uint16_t half(ByteView view, std::uint64_t offset) {
  return view.number<std::uint16_t>(offset, ByteOrder::little).value_or(0);
}
std::uint32_t word(ByteView view, std::uint64_t offset) {
  return view.number<std::uint32_t>(offset, ByteOrder::little).value_or(0);
}
std::uint64_t quad(ByteView view, std::uint64_t offset) {
  return view.number<std::uint64_t>(offset, ByteOrder::little).value_or(0);
}

/// Where the last end record begins.
std::optional<std::uint64_t> find_end(ByteView archive) {
  if (archive.size() < end_bytes) return std::nullopt;
  const auto last = archive.size() - end_bytes;
  const auto first = last > longest_comment ? last - longest_comment : 0;
  for (auto at = last + 1; at-- > first;) {
    if (word(archive, at) == end_magic) return at;
  }
  return std::nullopt;
}

struct DirectoryPlace {
  ByteView directory;
  std::uint64_t moved_by = 0;  ///< bytes in front of the archive
};

/// The directory ends where the record that describes it begins.
std::optional<DirectoryPlace> place_directory(ByteView archive, std::uint64_t end) {
  std::uint64_t size = word(archive, end + 12);
  std::uint64_t offset = word(archive, end + 16);
  std::uint64_t record = end;
  if (end >= end64_locator_bytes + end64_bytes && word(archive, end - end64_locator_bytes) == end64_locator_magic) {
    const auto end64 = end - end64_locator_bytes - end64_bytes;
    if (word(archive, end64) == end64_magic) {
      size = quad(archive, end64 + 40);
      offset = quad(archive, end64 + 48);
      record = end64;
    }
  }
  if (size > record || offset > record - size) return std::nullopt;
  const auto begin = record - size;
  const auto directory = archive.part(begin, size);
  return directory ? std::optional(DirectoryPlace{*directory, begin - offset}) : std::nullopt;
}

/// Replaces what is all ones by what the zip64 extra field says.
void apply_zip64(ByteView extra, ZipEntry& entry) {
  std::uint64_t at = 0;
  while (extra.holds(at, 4)) {
    const auto size = half(extra, at + 2);
    const auto field = extra.part(at + 4, size);
    if (!field) return;
    if (half(extra, at) == zip64_extra) {
      std::uint64_t next = 0;
      for (auto* value : {&entry.uncompressed_bytes, &entry.compressed_bytes, &entry.header_offset}) {
        if (*value != in_zip64) continue;
        *value = quad(*field, next);
        next += sizeof(std::uint64_t);
      }
      return;
    }
    at += 4u + size;
  }
}

Result<ByteView> entry_data(ByteView archive, const ZipEntry& entry) {
  const auto local = archive.part(entry.header_offset, local_bytes);
  if (!local || word(*local, 0) != local_magic)
    return input_error("zip entry's local header is not where it should be");
  const auto begin = entry.header_offset + local_bytes + half(*local, 26) + half(*local, 28);
  const auto data = archive.part(begin, entry.compressed_bytes);
  if (!data) return input_error("zip entry's data lies outside of the archive");
  return *data;
}

Result<std::string> inflated(ByteView data, std::uint64_t longest) {
  z_stream stream{};
  if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) return environment_error("zlib cannot be started");
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(data.text().data()));
  stream.avail_in = static_cast<uInt>(std::min<std::uint64_t>(data.size(), UINT32_MAX));
  std::string content;
  std::array<char, 16384> block{};
  int result = Z_OK;
  while (result == Z_OK && content.size() < longest) {
    stream.next_out = reinterpret_cast<Bytef*>(block.data());
    stream.avail_out = static_cast<uInt>(block.size());
    result = inflate(&stream, Z_NO_FLUSH);
    content.append(block.data(), block.size() - stream.avail_out);
  }
  inflateEnd(&stream);
  if (result != Z_STREAM_END && result != Z_OK) return input_error("zip entry's deflate data is damaged or cut off");
  if (content.size() > longest) content.resize(static_cast<std::size_t>(longest));
  return content;
}

}  // namespace

Result<std::vector<ZipEntry>> read_zip_directory(ByteView archive) {
  const auto end = find_end(archive);
  if (!end) return input_error("no zip archive, or its end is cut off");
  const auto place = place_directory(archive, *end);
  if (!place) return input_error("zip archive's central directory lies outside of it");
  std::vector<ZipEntry> entries;
  const auto directory = place->directory;
  std::uint64_t at = 0;
  while (directory.holds(at, entry_bytes) && word(directory, at) == entry_magic) {
    const auto name = directory.part(at + entry_bytes, half(directory, at + 28));
    const auto extra = directory.part(at + entry_bytes + half(directory, at + 28), half(directory, at + 30));
    if (!name || !extra) break;
    ZipEntry entry{name->text(), word(directory, at + 42), word(directory, at + 20), word(directory, at + 24),
                   half(directory, at + 10)};
    apply_zip64(*extra, entry);
    entry.header_offset += std::min(place->moved_by, UINT64_MAX - entry.header_offset);
    entries.push_back(entry);
    at += entry_bytes + name->size() + extra->size() + half(directory, at + 32);
  }
  return entries;
}

Result<std::string> read_zip_entry(ByteView archive, const ZipEntry& entry, std::uint64_t longest) {
  IMGSLIM_TRY(const auto data, entry_data(archive, entry));
  if (entry.method == Z_DEFLATED) return inflated(data, longest);
  if (entry.method != 0) return input_error("zip entry is neither stored nor deflated");
  return std::string(data.text().substr(0, static_cast<std::size_t>(longest)));
}

}  // namespace imgslim::packages
