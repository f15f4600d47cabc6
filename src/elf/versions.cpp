// GNU symbol versions (LSB Core, "Symbol Versioning"; the same in both classes). Each table is a chain of records, each
// record a chain of auxiliary ones, linked by byte offsets from the record itself; 0 ends a chain. Offsets only lead
// forward, yet chains may share records: their number is bounded, and so is the sum of the names.
#include "elf/versions.h"

#include <algorithm>

namespace imgslim::elf {
namespace {

constexpr std::uint64_t most_records = 65'536;
constexpr std::uint16_t version_weak = 2, version_base = 1;  // VER_FLG_WEAK, VER_FLG_BASE

/// Where the fields of the two tables stand.
struct RecordLayout {
  std::uint64_t record_bytes, auxiliary_place, next;
  std::uint64_t auxiliary_bytes, auxiliary_next;
};
constexpr RecordLayout need_layout{16, 8, 12, 16, 12};
constexpr RecordLayout definition_layout{20, 12, 16, 8, 4};

/// Follows the chains of one table from one segment.
class VersionTable {
 public:
  VersionTable(const LoadedImage& image, const DynamicSection& section, const RecordLayout& layout, Tag place)
      : format_(image.format()), section_(section), layout_(layout) {
    if (const auto address = section.value(place)) bytes_ = image.bytes_up_to(*address, most_table_bytes);
  }

  /// Calls `use(record)` for every record.
  template <typename Use>
  void for_each_record(Use use) {
    if (bytes_.size() == 0) return;
    follow(0, layout_.record_bytes, layout_.next, use);
  }
  /// Calls `use(auxiliary)` for every auxiliary record of a record.
  template <typename Use>
  void for_each_auxiliary(std::uint64_t record, Use use) {
    const auto first = format_.word(bytes_, record + layout_.auxiliary_place);
    if (first != 0) follow(record + first, layout_.auxiliary_bytes, layout_.auxiliary_next, use);
  }

  [[nodiscard]] std::uint16_t half(std::uint64_t at) const { return format_.half(bytes_, at); }
  /// The string that the word at `at` is the offset of.
  [[nodiscard]] std::string name(std::uint64_t at) {
    auto found = section_.string(format_.word(bytes_, at), std::min(longest_name_bytes, names_left_)).value_or("");
    names_left_ -= found.size();
    return found;
  }

 private:
  static constexpr std::uint64_t most_table_bytes = 4u << 20;

  template <typename Use>
  void follow(std::uint64_t at, std::uint64_t record_bytes, std::uint64_t next_place, Use use) {
    while (records_left_ > 0 && bytes_.holds(at, record_bytes)) {
      --records_left_;
      use(at);
      const auto next = format_.word(bytes_, at + next_place);
      if (next == 0) return;
      at += next;
    }
  }

  const Format& format_;
  const DynamicSection& section_;
  const RecordLayout& layout_;
  ByteView bytes_;
  std::uint64_t records_left_ = most_records, names_left_ = most_name_bytes;
};

}  // namespace

std::vector<VersionNeed> read_version_needs(const LoadedImage& image, const DynamicSection& section) {
  VersionTable table(image, section, need_layout, Tag::version_needs);
  std::vector<VersionNeed> needs;
  table.for_each_record([&](std::uint64_t record) {
    VersionNeed need{table.name(record + 4), {}};
    table.for_each_auxiliary(record, [&](std::uint64_t auxiliary) {
      if ((table.half(auxiliary + 4) & version_weak) != 0) return;
      if (auto name = table.name(auxiliary + 8); !name.empty()) need.versions.push_back(std::move(name));
    });
    if (!need.library.empty() && !need.versions.empty()) needs.push_back(std::move(need));
  });
  return needs;
}

std::vector<std::string> read_version_definitions(const LoadedImage& image, const DynamicSection& section) {
  VersionTable table(image, section, definition_layout, Tag::version_definitions);
  std::vector<std::string> names;
  table.for_each_record([&](std::uint64_t record) {
    if ((table.half(record + 2) & version_base) != 0) return;
    bool is_first = true;  // the rest are the versions that it inherits from
    table.for_each_auxiliary(record, [&](std::uint64_t auxiliary) {
      if (!is_first) return;
      is_first = false;
      if (auto name = table.name(auxiliary); !name.empty()) names.push_back(std::move(name));
    });
  });
  return names;
}

}  // namespace imgslim::elf
