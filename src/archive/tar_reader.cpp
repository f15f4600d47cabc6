// libarchive reads the tar, restricted to its "tar" and "empty" formats and to no filter, which leaves little of its
// code in reach of an image. What is done around it:
// - any return other than OK, WARN and EOF is corruption: a bad checksum comes back as ARCHIVE_RETRY, which is greater
//   than ARCHIVE_WARN;
// - names are wanted as the bytes of the archive. In a UTF-8 locale libarchive composes PAX names to NFC, which would
//   merge files that differ; in the "C" locale it cannot convert them and keeps the raw bytes, with a warning. The
//   calling thread is therefore switched to "C" around each header (uselocale: no process-wide state, and "C" exists in
//   static programs too);
// - after the end the rest of the stream is read, so that hashes are complete, and looked at by TarTail.
#include "archive/tar_reader.h"

#include <archive.h>
#include <archive_entry.h>
#include <locale.h>

#include <algorithm>
#include <array>
#include <limits>
#include <new>
#include <tuple>

#include "archive/cut_short.h"
#include "archive/tar_guard.h"
#include "archive/tar_stream.h"

namespace imgslim::archive {
namespace {

constexpr std::size_t kept_notes = 1'000;
constexpr std::uint64_t header_block_bytes = 512;

/// The "C" locale for this thread while it lives.
class CLocale {
 public:
  explicit CLocale(locale_t c) : previous_(uselocale(c)) {}
  ~CLocale() { uselocale(previous_); }
  CLocale(const CLocale&) = delete;
  CLocale& operator=(const CLocale&) = delete;

 private:
  locale_t previous_;
};

std::string text_or_empty(const char* text) { return text == nullptr ? std::string() : std::string(text); }

std::uint64_t non_negative(la_int64_t value) { return static_cast<std::uint64_t>(std::max<la_int64_t>(value, 0)); }

std::int64_t to_nanoseconds(std::int64_t seconds, std::int64_t nanoseconds) {
  std::int64_t total = 0;
  const bool overflows = __builtin_mul_overflow(seconds, std::int64_t{1'000'000'000}, &total) ||
                         __builtin_add_overflow(total, nanoseconds, &total);
  if (!overflows) return total;
  return seconds < 0 ? std::numeric_limits<std::int64_t>::min() : std::numeric_limits<std::int64_t>::max();
}

EntryKind kind_of(struct archive_entry* entry) {
  if (archive_entry_hardlink(entry) != nullptr) return EntryKind::hardlink;
  switch (archive_entry_filetype(entry)) {
    case AE_IFDIR:
      return EntryKind::directory;
    case AE_IFLNK:
      return EntryKind::symlink;
    case AE_IFCHR:
      return EntryKind::character_device;
    case AE_IFBLK:
      return EntryKind::block_device;
    case AE_IFIFO:
      return EntryKind::fifo;
    case AE_IFSOCK:
      return EntryKind::socket;
    default:
      return EntryKind::regular;
  }
}

std::vector<Xattr> xattrs_of(struct archive_entry* entry) {
  std::vector<Xattr> xattrs;
  const char* name = nullptr;
  const void* value = nullptr;
  std::size_t size = 0;
  archive_entry_xattr_reset(entry);
  while (archive_entry_xattr_next(entry, &name, &value, &size) == ARCHIVE_OK) {
    if (name != nullptr)
      xattrs.push_back({name, std::string(static_cast<const char*>(value), value == nullptr ? 0 : size)});
  }
  std::sort(xattrs.begin(), xattrs.end(),
            [](const Xattr& a, const Xattr& b) { return std::tie(a.name, a.value) < std::tie(b.name, b.value); });
  return xattrs;
}

TarEntry to_tar_entry(struct archive_entry* entry, std::string path) {
  TarEntry result;
  result.path = std::move(path);
  result.kind = kind_of(entry);
  if (result.kind == EntryKind::hardlink) result.link_target = text_or_empty(archive_entry_hardlink(entry));
  if (result.kind == EntryKind::symlink) result.link_target = text_or_empty(archive_entry_symlink(entry));
  result.mode = static_cast<std::uint32_t>(archive_entry_perm(entry)) & 07777u;
  result.uid = non_negative(archive_entry_uid(entry));
  result.gid = non_negative(archive_entry_gid(entry));
  result.mtime_ns = to_nanoseconds(archive_entry_mtime(entry), archive_entry_mtime_nsec(entry));
  if (result.kind == EntryKind::regular) result.logical_bytes = non_negative(archive_entry_size(entry));
  result.sparse = archive_entry_sparse_count(entry) > 0;
  if (result.kind == EntryKind::character_device || result.kind == EntryKind::block_device) {
    result.device_major = static_cast<std::uint32_t>(archive_entry_rdevmajor(entry));
    result.device_minor = static_cast<std::uint32_t>(archive_entry_rdevminor(entry));
  }
  result.xattrs = xattrs_of(entry);
  return result;
}

}  // namespace

std::string_view entry_kind_name(EntryKind kind) {
  constexpr std::array<std::string_view, 8> names{"regular",          "directory",    "symlink", "hardlink",
                                                  "character device", "block device", "fifo",    "socket"};
  return names.at(static_cast<std::size_t>(kind));
}

struct TarReader::State {
  State(ByteSource& source, const Limits& reader_limits)
      : stream(source),
        limits(reader_limits),
        c_locale(newlocale(LC_ALL_MASK, "C", nullptr)),
        reader(archive_read_new()) {
    if (reader == nullptr) throw std::bad_alloc();
    archive_read_support_format_tar(reader);
    archive_read_support_format_empty(reader);
    archive_read_set_callback_data(reader, this);
    archive_read_set_read_callback(reader, read_block);
    archive_read_set_skip_callback(reader, skip_bytes);
  }
  ~State() {
    archive_read_free(reader);
    freelocale(c_locale);
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  static la_ssize_t read_block(struct archive* reader, void* self, const void** block);
  static la_int64_t skip_bytes(struct archive*, void* self, la_int64_t count) {
    return static_cast<la_int64_t>(static_cast<State*>(self)->stream.skip(static_cast<std::uint64_t>(count)));
  }

  Status open();
  Result<std::optional<TarEntry>> next();
  Result<TarEntry> take_entry(struct archive_entry* entry, int status);
  Result<std::string> path_of(struct archive_entry* entry) const;
  void note_oddities(const TarEntry& entry, int status);
  Result<std::optional<TarEntry>> finish();
  Result<std::optional<TarBlock>> next_block();
  [[nodiscard]] std::uint64_t consumed() const { return non_negative(archive_filter_bytes(reader, -1)); }
  [[nodiscard]] std::string entry_name() const;
  [[nodiscard]] Error corrupt(std::uint64_t position) const;

  TarStream stream;
  Limits limits;
  locale_t c_locale;
  struct archive* reader;
  std::optional<Error> upstream_error;
  std::optional<Error> failure;
  std::vector<Note> notes;
  std::string path;           // of the current entry
  std::uint64_t entries = 0;  // begun so far
  std::uint64_t offset = 0;
  std::uint64_t content = 0;
  std::uint64_t logical_bytes = 0;  // of the current entry
  std::uint64_t block_end = 0;      // in it, behind the last block
  bool opened = false;
  bool content_ended = true;
  bool ended = false;
};

la_ssize_t TarReader::State::read_block(struct archive* reader, void* self, const void** block) {
  auto& state = *static_cast<State*>(self);
  auto bytes = state.stream.next_block();
  if (!bytes) {
    state.upstream_error = std::move(bytes).error();
    archive_set_error(reader, -1, "cannot read");
    return ARCHIVE_FATAL;
  }
  *block = bytes->data();
  return static_cast<la_ssize_t>(bytes->size());
}

std::string TarReader::State::entry_name() const {
  return "tar entry " + std::to_string(entries) + (path.empty() ? "" : " (\"" + path + "\")");
}

Error TarReader::State::corrupt(std::uint64_t position) const {
  if (upstream_error.has_value()) return *upstream_error;
  auto text = text_or_empty(archive_error_string(reader));
  if (text.empty()) text = "corrupt";
  // libarchive's word wherever the input ends inside an entry.
  if (text.starts_with("Truncated")) text = cut_short;
  return input_error(entry_name() + " at byte " + std::to_string(position) + ": " + text);
}

Status TarReader::State::open() {
  opened = true;
  if (archive_read_open1(reader) == ARCHIVE_OK) return Done{};
  if (upstream_error.has_value()) return *upstream_error;
  return input_error("tar: byte 0: " + text_or_empty(archive_error_string(reader)));
}

Result<std::optional<TarEntry>> TarReader::State::next() {
  const CLocale locale(c_locale);
  if (!opened) IMGSLIM_TRY_DONE(open());
  if (!content_ended && archive_read_data_skip(reader) != ARCHIVE_OK) return corrupt(consumed());
  content_ended = true;
  path.clear();
  ++entries;
  const auto begin = consumed();
  struct archive_entry* entry = nullptr;
  const int status = archive_read_next_header(reader, &entry);
  if (status == ARCHIVE_EOF) return finish();
  if (status != ARCHIVE_OK && status != ARCHIVE_WARN) return corrupt(begin);
  IMGSLIM_TRY(auto taken, take_entry(entry, status));
  return std::optional(std::move(taken));
}

Result<TarEntry> TarReader::State::take_entry(struct archive_entry* entry, int status) {
  offset = non_negative(archive_read_header_position(reader));
  content = consumed();
  IMGSLIM_TRY(auto raw_path, path_of(entry));
  path = raw_path;
  if (raw_path.size() > limits.path_bytes) return limit_hit(limits, &Limits::path_bytes, entry_name().substr(0, 200));
  auto result = to_tar_entry(entry, std::move(raw_path));
  if (result.link_target.size() > limits.path_bytes)
    return limit_hit(limits, &Limits::path_bytes, "link target of " + entry_name());
  note_oddities(result, status);
  logical_bytes = result.logical_bytes;
  block_end = 0;
  content_ended = false;
  return result;
}

Result<std::string> TarReader::State::path_of(struct archive_entry* entry) const {
  if (const char* bytes = archive_entry_pathname(entry); bytes != nullptr) return std::string(bytes);
  if (const char* bytes = archive_entry_pathname_utf8(entry); bytes != nullptr) return std::string(bytes);
  return input_error(entry_name() + " at byte " + std::to_string(offset) + ": the name cannot be represented");
}

void TarReader::State::note_oddities(const TarEntry& entry, int status) {
  if (notes.size() >= kept_notes) return;
  const auto text = text_or_empty(archive_error_string(reader));
  // Expected for every name that is not ASCII: see the top of this file.
  const bool kept_raw = text.find("can't be converted") != std::string::npos;
  if (status == ARCHIVE_WARN && !kept_raw) notes.push_back({"tar-warning", entry.path, text});
  if (content - offset <= header_block_bytes) return;
  if (const auto headers = stream.kept(offset, content); headers.has_value()) {
    for (auto& note : check_headers(*headers, entry.path)) notes.push_back(std::move(note));
  }
}

Result<std::optional<TarEntry>> TarReader::State::finish() {
  offset = non_negative(archive_read_header_position(reader));
  TarTail tail(offset);
  if (const auto bytes = stream.kept(offset, stream.position()); bytes.has_value()) tail.feed(*bytes);
  while (true) {
    IMGSLIM_TRY(const auto block, stream.next_block());
    if (block.empty()) break;
    tail.feed(block);
  }
  if (auto note = tail.verdict(); note.has_value()) notes.push_back(std::move(*note));
  ended = true;
  return std::optional<TarEntry>();
}

Result<std::optional<TarBlock>> TarReader::State::next_block() {
  while (!content_ended) {
    const void* bytes = nullptr;
    std::size_t size = 0;
    la_int64_t at = 0;
    const int status = archive_read_data_block(reader, &bytes, &size, &at);
    if (status == ARCHIVE_EOF) content_ended = true;
    if (status != ARCHIVE_EOF && status != ARCHIVE_OK && status != ARCHIVE_WARN) return corrupt(consumed());
    if (status == ARCHIVE_EOF || size == 0) continue;
    const auto begin = non_negative(at);
    // libarchive hands the runs of a sparse map over as they are written; a file has each byte once.
    if (begin < block_end || begin > logical_bytes || size > logical_bytes - begin)
      return input_error(entry_name() + " at byte " + std::to_string(consumed()) +
                         ": its sparse map goes back or beyond the file's size");
    block_end = begin + size;
    return std::optional(TarBlock{begin, {static_cast<const std::byte*>(bytes), size}});
  }
  return std::optional<TarBlock>();
}

TarReader::TarReader(ByteSource& source, const Limits& limits) : state_(std::make_unique<State>(source, limits)) {}

TarReader::~TarReader() = default;

Result<std::optional<TarEntry>> TarReader::next() {
  if (state_->failure.has_value()) return *state_->failure;
  if (state_->ended) return std::optional<TarEntry>();
  auto entry = state_->next();
  if (!entry) state_->failure = entry.error();
  return entry;
}

Result<std::optional<TarBlock>> TarReader::next_block() {
  if (state_->failure.has_value()) return *state_->failure;
  auto block = state_->next_block();
  if (!block) state_->failure = block.error();
  return block;
}

std::uint64_t TarReader::entry_offset() const { return state_->offset; }

std::uint64_t TarReader::content_offset() const { return state_->content; }

std::uint64_t TarReader::logical_bytes() const { return state_->logical_bytes; }

std::uint64_t TarReader::total_bytes() const { return state_->stream.position(); }

const std::vector<Note>& TarReader::notes() const { return state_->notes; }

Result<std::size_t> TarMemberSource::read(std::span<std::byte> buffer) {
  if (block_.bytes.empty()) {
    IMGSLIM_TRY(const auto next, reader_.next_block());
    block_ = next.has_value() ? *next : TarBlock{reader_.logical_bytes(), {}};
  }
  if (position_ < block_.offset) {  // a hole
    const auto zeros = static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), block_.offset - position_));
    std::fill_n(buffer.begin(), zeros, std::byte{0});
    position_ += zeros;
    return zeros;
  }
  const auto count = std::min(buffer.size(), block_.bytes.size());
  std::copy_n(block_.bytes.begin(), count, buffer.begin());
  block_ = {block_.offset + count, block_.bytes.subspan(count)};
  position_ += count;
  return count;
}

}  // namespace imgslim::archive
