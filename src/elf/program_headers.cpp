// The program header table (gABI chapter 5) is what kernel and loader go by; section headers are for linkers and may
// lie. e_phnum 0xffff (PN_XNUM) says that the count stands in sh_info of the first section header. Real files have
// about a dozen entries and the kernel takes 64 KiB of them at most.
#include "elf/program_headers.h"

#include <algorithm>

namespace imgslim::elf {
namespace {

constexpr std::uint16_t count_elsewhere = 0xffff;  // PN_XNUM
constexpr std::uint64_t most_headers = 4096;

std::optional<std::uint64_t> header_count(const Format& format, ByteView header, const SparseImage& file) {
  const auto& layout = format.layout();
  const auto count = format.half(header, layout.program_count);
  if (count != count_elsewhere) return count;
  const auto section = file.part(format.size(header, layout.section_offset), layout.section_bytes);
  if (!section) return std::nullopt;
  return format.word(*section, layout.section_info);
}

ProgramHeader read_entry(const Format& format, ByteView entry) {
  const auto& layout = format.layout();
  return {.type = ProgramType{format.word(entry, 0)},
          .flags = format.word(entry, layout.program_flags),
          .offset = format.size(entry, layout.program_place),
          .address = format.size(entry, layout.program_address),
          .file_bytes = format.size(entry, layout.program_file_bytes),
          .memory_bytes = format.size(entry, layout.program_memory_bytes),
          .alignment = format.size(entry, layout.program_alignment)};
}

}  // namespace

std::optional<FileRange> locate_program_headers(const Format& format, const SparseImage& file) {
  const auto& layout = format.layout();
  const auto header = file.part(0, layout.header);
  if (!header) return std::nullopt;
  const auto entry_bytes = format.half(*header, layout.program_count - sizeof(std::uint16_t));
  const auto count = header_count(format, *header, file);
  if (!count || *count == 0 || entry_bytes != layout.program_bytes) return std::nullopt;
  return FileRange{format.size(*header, layout.program_offset), std::min(*count, most_headers) * layout.program_bytes};
}

std::vector<ProgramHeader> read_program_headers(const Format& format, const SparseImage& file) {
  std::vector<ProgramHeader> headers;
  const auto place = locate_program_headers(format, file);
  if (!place) return headers;
  const auto table = file.part(place->offset, place->size_bytes);
  if (!table) return headers;
  const auto entry_bytes = format.layout().program_bytes;
  headers.reserve(static_cast<std::size_t>(table->size() / entry_bytes));
  for (std::uint64_t at = 0; at < table->size(); at += entry_bytes)
    headers.push_back(read_entry(format, table->from(at)));
  return headers;
}

}  // namespace imgslim::elf
