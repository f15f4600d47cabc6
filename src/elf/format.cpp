#include "elf/format.h"

namespace imgslim::elf {
namespace {

constexpr std::string_view magic =
    "\x7f"
    "ELF";

constexpr Layout layout_32{.word_bytes = 4,
                           .header = 52,
                           .program_offset = 28,
                           .section_offset = 32,
                           .program_count = 44,
                           .section_count = 48,
                           .program_bytes = 32,
                           .section_bytes = 40,
                           .section_flags = 8,
                           .section_place = 16,
                           .section_size = 20,
                           .section_link = 24,
                           .section_info = 28,
                           .program_flags = 24,
                           .program_place = 4,
                           .program_address = 8,
                           .program_file_bytes = 16,
                           .program_memory_bytes = 20,
                           .program_alignment = 28,
                           .symbol_bytes = 16,
                           .symbol_info = 12,
                           .symbol_section = 14,
                           .symbol_size = 8};
constexpr Layout layout_64{.word_bytes = 8,
                           .header = 64,
                           .program_offset = 32,
                           .section_offset = 40,
                           .program_count = 56,
                           .section_count = 60,
                           .program_bytes = 56,
                           .section_bytes = 64,
                           .section_flags = 8,
                           .section_place = 24,
                           .section_size = 32,
                           .section_link = 40,
                           .section_info = 44,
                           .program_flags = 4,
                           .program_place = 8,
                           .program_address = 16,
                           .program_file_bytes = 32,
                           .program_memory_bytes = 40,
                           .program_alignment = 48,
                           .symbol_bytes = 24,
                           .symbol_info = 4,
                           .symbol_section = 6,
                           .symbol_size = 16};

}  // namespace

bool has_magic(ByteView header) { return header.text().starts_with(magic); }

std::optional<Format> Format::of(ByteView header) {
  constexpr std::uint64_t identity_bytes = 16;
  if (!has_magic(header) || header.size() < identity_bytes) return std::nullopt;
  const auto file_class = header.text()[4];
  const auto order = header.text()[5];
  if ((file_class != 1 && file_class != 2) || (order != 1 && order != 2)) return std::nullopt;
  const auto& layout = file_class == 1 ? layout_32 : layout_64;
  if (header.size() < layout.header) return std::nullopt;
  return Format(layout, order == 1 ? ByteOrder::little : ByteOrder::big);
}

}  // namespace imgslim::elf
