#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "elf/format.h"
#include "elf/sparse_image.h"

namespace imgslim::elf {

/// p_type, as far as it is looked at.
enum class ProgramType : std::uint32_t {
  load = 1,
  dynamic = 2,
  interpreter = 3,
  note = 4,
  thread_local_storage = 7,
  unwind_table = 0x6474e550,         // PT_GNU_EH_FRAME
  relocated_read_only = 0x6474e552,  // PT_GNU_RELRO
};

inline constexpr std::uint32_t segment_executable = 1, segment_writable = 2;

/// One program header, numbers as the file states them.
struct ProgramHeader {
  ProgramType type{};
  std::uint32_t flags = 0;
  std::uint64_t offset = 0, address = 0, file_bytes = 0, memory_bytes = 0, alignment = 0;

  [[nodiscard]] FileRange in_file() const { return {offset, file_bytes}; }
};

/// Where the table stands, as the ELF header claims. Nothing when there is none, its entries are not of the class's own
/// size, or its length stands in a section header (PN_XNUM) that is not at hand.
[[nodiscard]] std::optional<FileRange> locate_program_headers(const Format& format, const SparseImage& file);

/// The table, at most 4,096 entries; empty when it is not at hand.
[[nodiscard]] std::vector<ProgramHeader> read_program_headers(const Format& format, const SparseImage& file);

}  // namespace imgslim::elf
