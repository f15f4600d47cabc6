#include "layer/elf_probe.h"

#include <algorithm>
#include <array>

#include "elf/section_summary.h"

namespace imgslim::layer {
namespace {

/// A table of 65,279 sections in the larger class: more is for object files, which nothing here asks about.
constexpr std::uint64_t largest_table_bytes = 65'279 * 64;

/// Appends the part of `bytes`, which stand at `offset`, that continues `kept`, the bytes from `begin` on.
void keep(std::vector<std::byte>& kept, std::uint64_t begin, std::uint64_t limit, std::uint64_t offset, std::span<const std::byte> bytes) {
  const auto wanted = begin + kept.size();
  if (kept.size() >= limit || offset > wanted || offset + bytes.size() <= wanted) return;
  const auto part = bytes.subspan(static_cast<std::size_t>(wanted - offset));
  const auto count = std::min<std::uint64_t>(part.size(), limit - kept.size());
  kept.insert(kept.end(), part.begin(), part.begin() + static_cast<std::ptrdiff_t>(count));
}

}  // namespace

bool is_elf_magic(std::span<const std::byte> first) {
  constexpr std::array magic{std::byte{0x7f}, std::byte{'E'}, std::byte{'L'}, std::byte{'F'}};
  return first.size() >= magic.size() && std::equal(magic.begin(), magic.end(), first.begin());
}

void ElfProbe::feed(std::uint64_t offset, std::span<const std::byte> bytes) {
  keep(header_, 0, elf::header_bytes, offset, bytes);
  if (!located_ && header_.size() == elf::header_bytes) locate();
  if (table_bytes_ > 0) keep(table_, table_offset_, table_bytes_, offset, bytes);
  end_ = std::max(end_, offset + bytes.size());
}

void ElfProbe::locate() {
  located_ = true;
  const auto place = elf::locate_sections(ByteView(header_));
  if (!place || place->size_bytes > largest_table_bytes) return;
  table_offset_ = place->offset;
  table_bytes_ = place->size_bytes;
}

ElfFile ElfProbe::finish() const {
  const auto summary = elf::summarize_sections({ByteView(header_), ByteView(table_), end_});
  // strip leaves some ten bytes of unallocated notes in place: they are no debug information worth a word.
  constexpr std::uint64_t least_debug_bytes = 1024;
  const auto debug_bytes = summary.debug_bytes < least_debug_bytes ? 0 : summary.debug_bytes;
  return {0, debug_bytes, summary.symbol_table_bytes, {}};
}

}  // namespace imgslim::layer
