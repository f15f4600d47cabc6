// An ELF file as a streaming reader sees it: its first bytes and the table they point to.
#include <algorithm>

#include "core/check.h"
#include "elf/section_summary.h"
#include "fuzz/package_checks.h"

using namespace imgslim;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView file(text_of(data, size));
  elf::SummaryInput input;
  input.header = file.part(0, std::min<std::uint64_t>(size, 1024)).value_or(ByteView());
  input.file_bytes = size;
  const auto place = elf::locate_sections(input.header);
  if (place) input.table = file.from(place->offset).part(0, place->size_bytes).value_or(file.from(place->offset));
  const auto summary = elf::summarize_sections(input);
  IMGSLIM_CHECK(summary.is_elf || !place);
  const auto sections = input.table.size() / 40 + 1;
  IMGSLIM_CHECK(summary.debug_bytes <= sections * size);
  IMGSLIM_CHECK(summary.symbol_table_bytes <= 2 * sections * size);
  return 0;
}
