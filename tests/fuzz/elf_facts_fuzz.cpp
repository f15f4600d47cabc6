// An ELF file read whole and as a streaming reader keeps it: both agree, and no more is kept than is promised.
#include <algorithm>

#include "core/check.h"
#include "elf/read_elf.h"
#include "elf/wanted_ranges.h"
#include "fuzz/package_checks.h"

using namespace imgslim;

namespace {

void check_bounds(const elf::ElfFacts& facts, std::size_t size) {
  for (const auto* names : {&facts.needed, &facts.auxiliary, &facts.filter, &facts.audit}) {
    IMGSLIM_CHECK(names->size() <= 4096);
    for (const auto& name : *names)
      IMGSLIM_CHECK(!name.empty() && name.size() <= 4095 && name.find('\0') == std::string::npos);
  }
  // Lists of names may name the same bytes again and again, up to their bound.
  IMGSLIM_CHECK(elf::kept_bytes(facts) <= (8u << 20) + 64 * size);
  for (const auto* pages :
       {&facts.loader_work.relocated_pages, &facts.loader_work.jump_slot_pages, &facts.loader_work.code_pages})
    for (std::size_t i = 1; i < pages->size(); ++i)
      IMGSLIM_CHECK((*pages)[i].first > (*pages)[i - 1].first + (*pages)[i - 1].count);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView file(text_of(data, size));
  const auto facts = elf::read_elf(elf::SparseImage(file));
  if (!facts) return 0;
  check_bounds(*facts, size);

  std::vector<elf::SparseImage::Piece> pieces;
  std::uint64_t end = 0;
  for (const auto& range :
       elf::wanted_ranges(file.part(0, std::min<std::uint64_t>(size, elf::planning_bytes)).value(), size)) {
    IMGSLIM_CHECK(pieces.empty() || range.offset > end);
    end = range.offset + range.size_bytes;
    pieces.push_back({range.offset, file.part(range.offset, range.size_bytes).value()});
  }
  // Files of types that the loader does not take are not kept beyond their begin, which is all of a small file.
  IMGSLIM_CHECK(elf::read_elf(elf::SparseImage(size, pieces)) == facts || pieces.front().bytes.size() < size);
  return 0;
}
