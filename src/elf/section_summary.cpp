// ELF (System V gABI, chapters 4 and 5; man 5 elf): the header tells class (32 or 64 bit), byte order and where the
// tables of program headers and section headers stand. A section is loaded only when it has the flag SHF_ALLOC; what
// lacks it is for linkers and debuggers. Of that, PROGBITS sections are debug information (MIPS has its own type for
// it), SYMTAB sections and the string tables they link to are what `strip` removes besides. NOBITS sections have a size
// but no bytes. With 65,280 or more sections e_shnum is 0 and the first section header's size tells the count.
// Everything is a claim of an untrusted file: sums saturate and only what fits the file counts.
#include "elf/section_summary.h"

#include <algorithm>
#include <vector>

#include "elf/format.h"

namespace imgslim::elf {
namespace {

constexpr std::uint64_t section_allocated = 2;     // SHF_ALLOC
constexpr std::uint32_t program_interpreter = 3;   // PT_INTERP
constexpr std::uint16_t count_elsewhere = 0xffff;  // PN_XNUM

enum class SectionType : std::uint32_t {
  program_bits = 1,
  symbol_table = 2,
  symbol_indexes = 18,
  mips_dwarf = 0x7000001e
};

struct Section {
  SectionType type;
  std::uint64_t flags, offset, size;
  std::uint32_t link;
};

/// Entry sizes other than the class's own are not the format's.
bool has_own_entry_size(const Format& format, ByteView header, std::uint64_t count_offset, std::uint64_t own) {
  return format.half(header, count_offset - sizeof(std::uint16_t)) == own;
}

std::vector<Section> read_sections(const Format& format, ByteView table) {
  const auto& layout = format.layout();
  std::vector<Section> sections;
  sections.reserve(static_cast<std::size_t>(table.size() / layout.section_bytes));
  for (std::uint64_t at = 0; table.holds(at, layout.section_bytes); at += layout.section_bytes) {
    sections.push_back({SectionType{format.word(table, at + 4)}, format.size(table, at + layout.section_flags),
                        format.size(table, at + layout.section_place), format.size(table, at + layout.section_size),
                        format.word(table, at + layout.section_link)});
  }
  return sections;
}

/// The bytes of a section that no segment maps, 0 when it is mapped or not within the file.
std::uint64_t unmapped_bytes(const Section& section, std::uint64_t file_bytes) {
  const bool is_within = section.offset <= file_bytes && section.size <= file_bytes - section.offset;
  return is_within && (section.flags & section_allocated) == 0 ? section.size : 0;
}

std::uint64_t saturated(std::uint64_t a, std::uint64_t b) { return a > UINT64_MAX - b ? UINT64_MAX : a + b; }

void add_sections(const std::vector<Section>& sections, std::uint64_t file_bytes, SectionSummary& summary) {
  std::vector<bool> counted(sections.size(), false);
  for (const auto& section : sections) {
    const auto bytes = unmapped_bytes(section, file_bytes);
    switch (section.type) {
      case SectionType::program_bits:
      case SectionType::mips_dwarf:
        summary.debug_bytes = saturated(summary.debug_bytes, bytes);
        break;
      case SectionType::symbol_table:
        summary.symbol_table_bytes = saturated(summary.symbol_table_bytes, bytes);
        if (section.link < sections.size() && !counted[section.link]) {
          counted[section.link] = true;
          const auto strings = unmapped_bytes(sections[section.link], file_bytes);
          summary.symbol_table_bytes = saturated(summary.symbol_table_bytes, strings);
        }
        break;
      case SectionType::symbol_indexes:
        summary.symbol_table_bytes = saturated(summary.symbol_table_bytes, bytes);
        break;
    }
  }
}

std::optional<bool> find_interpreter(const Format& format, ByteView header) {
  const auto& layout = format.layout();
  const auto count = format.half(header, layout.program_count);
  if (count == 0) return false;
  if (count == count_elsewhere || !has_own_entry_size(format, header, layout.program_count, layout.program_bytes)) {
    return std::nullopt;
  }
  const auto table = header.part(format.size(header, layout.program_offset), count * layout.program_bytes);
  if (!table) return std::nullopt;
  for (std::uint64_t at = 0; at < table->size(); at += layout.program_bytes) {
    if (format.word(*table, at) == program_interpreter) return true;
  }
  return false;
}

}  // namespace

FileType file_type(std::uint16_t type) {
  constexpr std::uint16_t first_core = 4;
  return type <= first_core ? static_cast<FileType>(type) : FileType::other;
}

std::optional<TableLocation> locate_sections(ByteView header) {
  const auto format = Format::of(header);
  if (!format) return std::nullopt;
  const auto& layout = format->layout();
  const auto offset = format->size(header, layout.section_offset);
  if (offset == 0 || !has_own_entry_size(*format, header, layout.section_count, layout.section_bytes)) {
    return std::nullopt;
  }
  const auto count = std::max<std::uint64_t>(format->half(header, layout.section_count), 1);
  return TableLocation{offset, count * layout.section_bytes};
}

SectionSummary summarize_sections(const SummaryInput& input) {
  SectionSummary summary;
  const auto format = Format::of(input.header);
  if (!format) return summary;
  summary.is_elf = true;
  summary.class_bits = static_cast<unsigned>(format->layout().word_bytes) * 8;
  summary.order = format->order();
  summary.type = file_type(format->half(input.header, 16));
  summary.machine = format->half(input.header, 18);
  summary.has_interpreter = find_interpreter(*format, input.header);
  add_sections(read_sections(*format, input.table), input.file_bytes, summary);
  return summary;
}

}  // namespace imgslim::elf
