// An rpm header (rpm's docs/manual/format_header.md): two big-endian counts, the number of index entries and the bytes
// of data; then the entries, 16 bytes each (tag, type, offset into the data, count of items); then the data. Strings
// end with NUL, arrays of strings stand one behind the other. File names are split: BASENAMES[i] lies in the directory
// DIRNAMES[DIRINDEXES[i]], which ends with "/". FILESTATES[i] says whether the file is this package's (0), was replaced
// by another package's (1) or was not installed. Every number is taken as a claim: counts are bounded by the bytes.
#include "packages/rpm_header.h"

#include <utility>

#include "core/path.h"
#include "packages/path_budget.h"

namespace imgslim::packages {
namespace {

enum class Tag : std::uint32_t {
  name = 1000,
  version = 1001,
  release = 1002,
  epoch = 1003,
  size = 1009,
  arch = 1022,
  source_rpm = 1044,
  old_file_names = 1027,
  file_states = 1029,
  dir_indexes = 1116,
  base_names = 1117,
  dir_names = 1118,
  long_size = 5009,
};

enum class Type : std::uint32_t { character = 1, int32 = 4, int64 = 5, string = 6, string_array = 8, i18n_string = 9 };

constexpr std::uint64_t index_offset = 8;
constexpr std::uint64_t entry_bytes = 16;

class RpmHeader {
 public:
  /// Nothing when the counts do not fit the bytes.
  static std::optional<RpmHeader> open(ByteView blob) {
    const auto entries = blob.number<std::uint32_t>(0, ByteOrder::big);
    const auto data_bytes = blob.number<std::uint32_t>(4, ByteOrder::big);
    if (!entries || !data_bytes || *entries == 0) return std::nullopt;
    const auto index = blob.part(index_offset, *entries * entry_bytes);
    const auto data = blob.part(index_offset + *entries * entry_bytes, *data_bytes);
    if (!index || !data) return std::nullopt;
    return RpmHeader(*index, *data);
  }

  [[nodiscard]] std::string string(Tag tag) const {
    const auto entry = find(tag);
    if (!entry || (entry->type != Type::string && entry->type != Type::i18n_string)) return {};
    return std::string(data_.c_string(entry->offset).value_or(""));
  }

  [[nodiscard]] std::optional<std::uint64_t> number(Tag tag) const {
    const auto entry = find(tag);
    if (!entry) return std::nullopt;
    if (entry->type == Type::int64) return data_.number<std::uint64_t>(entry->offset, ByteOrder::big);
    if (entry->type == Type::int32) return data_.number<std::uint32_t>(entry->offset, ByteOrder::big);
    return std::nullopt;
  }

  /// Ends early where the data does.
  [[nodiscard]] std::vector<std::string_view> strings(Tag tag) const {
    std::vector<std::string_view> values;
    const auto entry = find(tag);
    if (!entry || entry->type != Type::string_array) return values;
    auto offset = std::uint64_t{entry->offset};
    for (std::uint32_t i = 0; i < entry->count; ++i) {
      const auto value = data_.c_string(offset);
      if (!value) break;
      values.push_back(*value);
      offset += value->size() + 1;
    }
    return values;
  }

  /// Ends early where the data does.
  [[nodiscard]] std::vector<std::uint32_t> indexes(Tag tag) const {
    std::vector<std::uint32_t> values;
    const auto entry = find(tag);
    if (!entry || entry->type != Type::int32) return values;
    for (std::uint64_t i = 0; i < entry->count; ++i) {
      const auto value = data_.number<std::uint32_t>(entry->offset + i * sizeof(std::uint32_t), ByteOrder::big);
      if (!value) break;
      values.push_back(*value);
    }
    return values;
  }

  /// One byte per file; "" when the header has none.
  [[nodiscard]] std::string_view file_states() const {
    const auto entry = find(Tag::file_states);
    if (!entry || entry->type != Type::character) return {};
    const auto states = data_.part(entry->offset, entry->count);
    return states ? states->text() : std::string_view();
  }

 private:
  struct Entry {
    Type type;
    std::uint32_t offset, count;
  };

  RpmHeader(ByteView index, ByteView data) : index_(index), data_(data) {}

  /// The first entry of that tag.
  [[nodiscard]] std::optional<Entry> find(Tag tag) const {
    for (std::uint64_t at = 0; at + entry_bytes <= index_.size(); at += entry_bytes) {
      if (word(at) == static_cast<std::uint32_t>(tag)) return Entry{Type{word(at + 4)}, word(at + 8), word(at + 12)};
    }
    return std::nullopt;
  }

  [[nodiscard]] std::uint32_t word(std::uint64_t offset) const {
    return index_.number<std::uint32_t>(offset, ByteOrder::big).value_or(0);
  }

  ByteView index_;
  ByteView data_;
};

/// 0 is "installed" and -1 "was missing when it was installed"; all else is another package's or not there.
bool is_own_file(std::string_view states, std::size_t i) {
  return i >= states.size() || states[i] == 0 || states[i] == '\xff';
}

/// The number of files whose directory the header does not state.
std::size_t add_files(Package& package, const RpmHeader& header, PathBudget& budget) {
  const auto states = header.file_states();
  const auto names = header.strings(Tag::base_names);
  const auto directories = header.strings(Tag::dir_names);
  const auto indexes = header.indexes(Tag::dir_indexes);
  std::size_t lost = 0;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i >= indexes.size() || indexes[i] >= directories.size()) {
      ++lost;
    } else if (is_own_file(states, i)) {
      budget.add(package.files, clean_path(join_path(directories[indexes[i]], names[i])).text);
    }
  }
  const auto whole = header.strings(Tag::old_file_names);
  for (std::size_t i = 0; names.empty() && i < whole.size(); ++i) {
    if (is_own_file(states, i)) budget.add(package.files, clean_path(whole[i]).text);
  }
  return lost;
}

/// "curl" of "curl-7.76.1-26.el9.src.rpm": behind the name stand a version and a release.
std::string source_name(std::string file) {
  for (int i = 0; i < 2; ++i)
    if (const auto hyphen = file.rfind('-'); hyphen != std::string::npos) file.resize(hyphen);
  return file;
}

}  // namespace

std::optional<Package> read_rpm_header(ByteView blob, std::vector<Note>& notes) {
  const auto header = RpmHeader::open(blob);
  if (!header) return std::nullopt;
  Package package;
  package.manager = "rpm";
  package.name = header->string(Tag::name);
  if (package.name.empty()) return std::nullopt;
  if (const auto epoch = header->number(Tag::epoch)) package.version = std::to_string(*epoch) + ':';
  package.version += header->string(Tag::version);
  if (const auto release = header->string(Tag::release); !release.empty()) package.version += '-' + release;
  package.architecture = header->string(Tag::arch);
  package.source = source_name(header->string(Tag::source_rpm));
  package.declared_bytes = header->number(Tag::long_size).value_or(header->number(Tag::size).value_or(0));
  PathBudget budget(blob.size());
  if (const auto lost = add_files(package, *header, budget); lost > 0) {
    notes.push_back({"rpm-header-inconsistent", package.name,
                     std::to_string(lost) + " files of the package name a directory that its header does not have"});
  }
  budget.report(package.name, notes);
  return package;
}

}  // namespace imgslim::packages
