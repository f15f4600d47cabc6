#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "elf/loaded_image.h"

namespace imgslim::elf {

/// d_tag, as far as it is looked at (gABI chapter 5; glibc elf.h for DT_GNU_* and Solaris' tags).
enum class Tag : std::uint64_t {
  null = 0,
  needed = 1,
  jump_slots_bytes = 2,  // DT_PLTRELSZ
  hash = 4,
  strings = 5,
  symbols = 6,
  rela = 7,
  rela_bytes = 8,
  strings_bytes = 10,
  init = 12,
  fini = 13,
  soname = 14,
  rpath = 15,
  rel = 17,
  rel_bytes = 18,
  jump_slots_kind = 20,  // DT_PLTREL
  debug = 21,
  jump_slots = 23,  // DT_JMPREL
  bind_now = 24,
  init_array = 25,
  fini_array = 26,
  init_array_bytes = 27,
  fini_array_bytes = 28,
  runpath = 29,
  flags = 30,
  preinit_array = 32,
  preinit_array_bytes = 33,
  relr_bytes = 35,
  relr = 36,
  gnu_hash = 0x6ffffef5,
  audit_for_dependants = 0x6ffffefb,  // DT_DEPAUDIT
  audit = 0x6ffffefc,
  symbol_versions = 0x6ffffff0,
  flags_1 = 0x6ffffffb,
  version_definitions = 0x6ffffffc,
  version_definitions_count = 0x6ffffffd,
  version_needs = 0x6ffffffe,
  version_needs_count = 0x6fffffff,
  auxiliary = 0x7ffffffd,
  filter = 0x7fffffff,
};

/// The dynamic section: its entries up to DT_NULL, at most 65,536, and its string table.
class DynamicSection {
 public:
  struct Entry {
    Tag tag;
    std::uint64_t value;
  };

  /// Nothing when no PT_DYNAMIC leads to bytes that are at hand; the last one counts, as for glibc and musl.
  [[nodiscard]] static std::optional<DynamicSection> read(const LoadedImage& image,
                                                          const std::vector<ProgramHeader>& headers);

  [[nodiscard]] AddressRange place() const { return place_; }
  [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }
  /// The value of the last entry with this tag.
  [[nodiscard]] std::optional<std::uint64_t> value(Tag tag) const;
  /// The range that two tags state.
  [[nodiscard]] std::optional<AddressRange> range(Tag begin, Tag size) const;
  /// The string table up to the last NUL within DT_STRSZ.
  [[nodiscard]] ByteView strings() const { return strings_; }
  [[nodiscard]] AddressRange strings_place() const { return strings_place_; }
  /// The string at an offset, when it ends within the table and has at most `longest` bytes.
  [[nodiscard]] std::optional<std::string> string(std::uint64_t offset, std::uint64_t longest) const;

 private:
  AddressRange place_, strings_place_;
  std::vector<Entry> entries_;
  ByteView strings_;
};

inline constexpr std::uint64_t longest_name_bytes = 4095;
/// All names that are kept of one file's dynamic string table: real files stay below 100 KB.
inline constexpr std::uint64_t most_name_bytes = 1u << 20;

}  // namespace imgslim::elf
