#include "layer/elf_probe.h"

#include <algorithm>

#include "elf/format.h"
#include "elf/read_elf.h"
#include "elf/section_summary.h"
#include "elf/wanted_ranges.h"

namespace imgslim::layer {
namespace {

/// A table of 65,279 sections in the larger class: more is for object files, which nothing here asks about.
constexpr std::uint64_t largest_table_bytes = std::uint64_t{65'279} * 64;

/// The section header table, when it is one worth keeping.
elf::FileRange section_table_range(ByteView begin, std::uint64_t file_bytes) {
  const auto place = elf::locate_sections(begin);
  if (!place || place->size_bytes > largest_table_bytes || place->offset >= file_bytes) return {};
  return {place->offset, std::min(place->size_bytes, file_bytes - place->offset)};
}

ElfFile read(ByteView header, ByteView section_table, const elf::SparseImage& image) {
  const auto summary = elf::summarize_sections({header, section_table, image.file_bytes()});
  // strip leaves some ten bytes of unallocated notes in place: they are no debug information worth a word.
  constexpr std::uint64_t least_debug_bytes = 1024;
  const auto debug_bytes = summary.debug_bytes < least_debug_bytes ? 0 : summary.debug_bytes;
  return {0, debug_bytes, summary.symbol_table_bytes, elf::read_elf(image).value_or(elf::ElfFacts())};
}

/// The file is at hand, but only what a file that passes by in blocks would leave is looked at.
ElfFile read_whole(ByteView file) {
  const auto size = file.size();
  const auto begin = file.part(0, std::min(size, elf::planning_bytes)).value_or(ByteView());
  std::vector<elf::SparseImage::Piece> pieces;
  for (const auto& range : elf::wanted_ranges(begin, size))
    pieces.push_back({range.offset, file.part(range.offset, range.size_bytes).value_or(ByteView())});
  const auto table = section_table_range(begin, size);
  return read(begin, file.part(table.offset, table.size_bytes).value_or(ByteView()),
              elf::SparseImage(size, std::move(pieces)));
}

}  // namespace

bool is_elf_magic(std::span<const std::byte> first) { return elf::has_magic(ByteView(first)); }

void KeptRange::feed(std::uint64_t offset, std::span<const std::byte> bytes) {
  const auto end = range_.offset + range_.size_bytes;
  if (offset >= end || offset + bytes.size() <= range_.offset) return;
  const auto first = std::max(offset, range_.offset), last = std::min(end, offset + bytes.size());
  const auto part = bytes.subspan(static_cast<std::size_t>(first - offset), static_cast<std::size_t>(last - first));
  if (bytes_.empty()) bytes_.reserve(static_cast<std::size_t>(range_.size_bytes));
  bytes_.resize(static_cast<std::size_t>(first - range_.offset));
  bytes_.insert(bytes_.end(), part.begin(), part.end());
}

elf::SparseImage::Piece KeptRange::piece() {
  bytes_.resize(static_cast<std::size_t>(range_.size_bytes));
  return {range_.offset, ByteView(bytes_)};
}

void ElfProbe::feed(std::uint64_t offset, std::span<const std::byte> bytes) {
  if (offset == 0 && bytes.size() == file_bytes_) {
    whole_ = read_whole(ByteView(bytes));
    return;
  }
  if (!planned_) {
    begin_.feed(offset, bytes);
    if (offset + bytes.size() < elf::planning_bytes) return;
    plan();
    const auto known = offset < elf::planning_bytes ? elf::planning_bytes - offset : 0;
    offset += known;
    bytes = bytes.subspan(static_cast<std::size_t>(known));
  }
  keep(offset, bytes);
}

void ElfProbe::keep(std::uint64_t offset, std::span<const std::byte> bytes) {
  for (auto& range : kept_) range.feed(offset, bytes);
  section_table_.feed(offset, bytes);
}

void ElfProbe::plan() {
  planned_ = true;
  const auto begin = begin_.piece().bytes;
  for (const auto& range : elf::wanted_ranges(begin, file_bytes_)) kept_.emplace_back(range);
  section_table_ = KeptRange(section_table_range(begin, file_bytes_));
  keep(0, begin.bytes());
}

ElfFile ElfProbe::finish() {
  if (whole_) return std::move(*whole_);
  if (!planned_) plan();
  std::vector<elf::SparseImage::Piece> pieces;
  for (auto& range : kept_) pieces.push_back(range.piece());
  return read(begin_.piece().bytes, section_table_.piece().bytes, elf::SparseImage(file_bytes_, std::move(pieces)));
}

}  // namespace imgslim::layer
