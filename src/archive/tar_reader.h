#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "archive/byte_source.h"
#include "core/limits.h"
#include "imgslim/note.h"

namespace imgslim::archive {

enum class EntryKind : std::uint8_t {
  regular,
  directory,
  symlink,
  hardlink,
  character_device,
  block_device,
  fifo,
  socket
};

[[nodiscard]] std::string_view entry_kind_name(EntryKind kind);

struct Xattr {
  std::string name;
  std::string value;
};

/// One header of a tar stream. Names are raw bytes as the archive has them (not cleaned), PAX and GNU names applied.
struct TarEntry {
  std::string path;
  EntryKind kind = EntryKind::regular;
  std::string link_target;  ///< symlinks and hard links
  std::uint32_t mode = 0;   ///< permission bits, 07777
  std::uint64_t uid = 0, gid = 0;
  std::int64_t mtime_ns = 0;        ///< nanoseconds since the epoch, clamped to the type's range
  std::uint64_t logical_bytes = 0;  ///< of a regular file; a sparse file's holes count
  bool sparse = false;
  std::uint32_t device_major = 0, device_minor = 0;
  std::vector<Xattr> xattrs;  ///< sorted by name
};

/// A run of file content: `bytes` belong at `offset`; holes of sparse files are skipped, never materialised.
struct TarBlock {
  std::uint64_t offset = 0;
  std::span<const std::byte> bytes;  ///< valid until the next call
};

/// Reads a tar stream (ustar, GNU, PAX; libarchive underneath with only its tar and empty formats and no filters).
/// Errors are input errors that name the entry and its byte: corrupt or truncated headers and bodies, names that
/// cannot be represented. An empty stream is an empty archive.
class TarReader {
 public:
  TarReader(ByteSource& source, const Limits& limits);
  ~TarReader();

  /// The next entry, or nothing at the end of the archive. Skips what was left unread of the previous one: with
  /// ByteSource::skip where the source can, else by reading. After the end the source has been drained, bytes behind
  /// the archive included, so that a hash over it is complete. An error is final: every later call returns it again.
  Result<std::optional<TarEntry>> next();
  /// The next run of the current entry's content, or nothing at its end.
  Result<std::optional<TarBlock>> next_block();

  /// Stream offset where the current entry's first header block (PAX and GNU headers included) begins; after the end,
  /// where the end-of-archive blocks begin. Consecutive positions tile the stream.
  [[nodiscard]] std::uint64_t entry_offset() const;
  /// Stream offset where the current entry's stored content begins: behind all its headers. Valid from next() until the
  /// first next_block().
  [[nodiscard]] std::uint64_t content_offset() const;
  /// logical_bytes of the current entry.
  [[nodiscard]] std::uint64_t logical_bytes() const;
  /// All bytes of the stream; valid after the end.
  [[nodiscard]] std::uint64_t total_bytes() const;
  /// Oddities that do not end the reading, in stream order: non-zero bytes behind the end (trailing-data), a lone zero
  /// block with entries behind it (hidden-entries), names cut at a NUL (name-truncated), a PAX size that contradicts
  /// the header (size-mismatch), what libarchive warns of (tar-warning). At most 1,000 are kept.
  [[nodiscard]] const std::vector<Note>& notes() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The current entry's content as a ByteSource (holes read as zeros): for members of an outer archive.
class TarMemberSource final : public ByteSource {
 public:
  explicit TarMemberSource(TarReader& reader) : reader_(reader) {}
  Result<std::size_t> read(std::span<std::byte> buffer) override;

 private:
  TarReader& reader_;
  TarBlock block_;
  std::uint64_t position_ = 0;
};

}  // namespace imgslim::archive
