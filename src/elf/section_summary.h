#pragma once

#include <cstdint>
#include <optional>

#include "core/byte_view.h"

namespace imgslim::elf {

inline constexpr std::uint64_t header_bytes = 64;  ///< enough of a file's begin for either class

/// e_type, as far as images hold it.
enum class FileType : std::uint8_t { other, relocatable, executable, shared, core };
[[nodiscard]] FileType file_type(std::uint16_t type);

/// Where the section header table stands, so that a streaming reader knows what to keep.
struct TableLocation {
  std::uint64_t offset = 0;
  std::uint64_t size_bytes = 0;
};

/// The table's place as the header claims it; it may lie behind the end of the file. Nothing when the bytes are no ELF
/// header or the file has no table. `header` is the first 64 bytes or more (52 do for 32-bit files). Files with 65,280
/// or more sections, which only object files are, give the place of the first entry alone.
[[nodiscard]] std::optional<TableLocation> locate_sections(ByteView header);

/// What of an ELF file the loader never maps. Sizes are bytes in the file.
struct SectionSummary {
  bool is_elf = false;
  unsigned class_bits = 0;  ///< 32 or 64
  ByteOrder order = ByteOrder::little;
  FileType type = FileType::other;
  std::uint16_t machine = 0;             ///< e_machine: 62 is x86-64, 183 AArch64
  std::uint64_t debug_bytes = 0;         ///< sections of program data that are not allocated
  std::uint64_t symbol_table_bytes = 0;  ///< symbol tables that are not allocated, with their strings
  std::optional<bool> has_interpreter;   ///< nothing when the program headers are not within `header`
};

/// The parts of a file that are at hand.
struct SummaryInput {
  ByteView header;               ///< from the file's first byte: 64 bytes, or more to see the program headers
  ByteView table;                ///< the section header table, as located; may be cut short or empty
  std::uint64_t file_bytes = 0;  ///< sections that reach behind it are not counted
};

/// Sums up the sections. Without names, ".comment" and ".gnu_debuglink" (some ten bytes each) count as debug
/// information, which `strip` leaves in place: treat less than a kibibyte as none.
[[nodiscard]] SectionSummary summarize_sections(const SummaryInput& input);

}  // namespace imgslim::elf
