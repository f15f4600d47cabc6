#include "memory/loaded_pages.h"

#include "support/catch.h"

using namespace imgslim;
using namespace imgslim::memory;

namespace {

constexpr std::uint32_t readable = 4, executable = 1, writable = 2;

elf::LoadSegment segment(std::uint32_t flags, std::uint64_t page, std::uint64_t file_bytes,
                         std::uint64_t memory_bytes = 0) {
  return {flags, 0, page * page_bytes, file_bytes, std::max(file_bytes, memory_bytes), page_bytes};
}

LoadedPart part_of(const elf::ElfFacts& facts, Part part) {
  for (const auto& loaded : loaded_pages(facts))
    if (loaded.part == part) return loaded;
  return {};
}

/// A program that is not moved, with 40 pages of code at page 1024.
elf::ElfFacts fixed_program() {
  elf::ElfFacts facts;
  facts.type = elf::FileType::executable;
  facts.segments = {segment(readable, 1000, page_bytes), segment(readable | executable, 1024, 40 * page_bytes)};
  return facts;
}

}  // namespace

TEST_CASE("A page that runs brings its window of 16 pages") {
  auto facts = fixed_program();
  facts.entry_address = 1044 * page_bytes;
  const auto text = part_of(facts, Part::text);
  CHECK(text.pages == 40);
  CHECK(text.certain_pages == 16);
  CHECK(text.floor_pages == 16);
  CHECK(text.dirty_pages == 0);
}

TEST_CASE("A window ends with its mapping") {
  auto facts = fixed_program();
  facts.entry_address = (1024 + 39) * page_bytes;
  CHECK(part_of(facts, Part::text).certain_pages == 8);
}

TEST_CASE("A window that the mapping cuts at its begin is as long as others") {
  elf::ElfFacts facts;
  facts.type = elf::FileType::executable;
  facts.segments = {segment(readable | executable, 1029, 40 * page_bytes)};
  facts.entry_address = 1029 * page_bytes;
  // As measured: page 0 of a mapping that begins 5 pages into a window has 16 pages mapped.
  CHECK(part_of(facts, Part::text).certain_pages == 16);
}

TEST_CASE("Windows of a file that is moved are averaged over where they may begin") {
  elf::ElfFacts facts;
  facts.type = elf::FileType::shared;
  facts.segments = {segment(readable | executable, 0, 20 * page_bytes)};
  facts.loader_work.code_pages = {{19, 1}};
  const auto text = part_of(facts, Part::text);
  // Page 0 is read for the headers, page 19 runs: all 20 pages, or some fewer where the windows do not meet.
  CHECK(text.certain_pages >= 17);
  CHECK(text.certain_pages < 20);
  CHECK(text.floor_pages > static_cast<double>(text.certain_pages));
  CHECK(text.floor_pages < 20);
}

TEST_CASE("Large alignment leaves a moved file one place for its windows") {
  elf::ElfFacts facts;
  facts.type = elf::FileType::shared;
  facts.segments = {segment(readable | executable, 0, 20 * page_bytes)};
  facts.segments[0].alignment = 2u << 20;
  facts.loader_work.code_pages = {{19, 1}};
  const auto text = part_of(facts, Part::text);
  CHECK(text.certain_pages == 20);
  CHECK(text.floor_pages == 20);
}

TEST_CASE("Writable pages are RELRO, data and .bss; the loader's writes are exact") {
  elf::ElfFacts facts;
  facts.type = elf::FileType::shared;
  facts.segments = {segment(readable | writable, 100, 5 * page_bytes + 100, 9 * page_bytes)};
  facts.relro = elf::AddressRange{100 * page_bytes, 2 * page_bytes};
  facts.loader_work.relocated_pages = {{100, 1}, {103, 1}, {107, 1}};
  facts.loader_work.jump_slot_pages = {{102, 1}};
  const auto relro = part_of(facts, Part::relro), data = part_of(facts, Part::data), bss = part_of(facts, Part::bss);
  CHECK(relro.pages == 2);
  CHECK(relro.dirty_pages == 1);
  CHECK(data.pages == 4);
  CHECK(data.dirty_pages == 3);  // the slot, the relocation, and the page where .bss begins, which is cleared
  CHECK(bss.pages == 3);
  CHECK(bss.dirty_pages == 1);
  CHECK(bss.floor_pages == 1);
}

TEST_CASE("Slots of a program that is not moved wait for the first call") {
  elf::ElfFacts facts;
  facts.type = elf::FileType::executable;
  facts.segments = {segment(readable | writable, 100, 4 * page_bytes)};
  facts.loader_work.jump_slot_pages = {{102, 1}};
  CHECK(part_of(facts, Part::data).dirty_pages == 0);
  facts.bind_now = true;
  CHECK(part_of(facts, Part::data).dirty_pages == 1);
}

TEST_CASE("The symbols of a dynamic file are read all over") {
  elf::ElfFacts facts;
  facts.type = elf::FileType::shared;
  facts.segments = {segment(readable, 0, 300 * page_bytes), segment(readable | executable, 300, page_bytes)};
  facts.dynamic = true;
  facts.loader_work.hash_table = 0x200;
  CHECK(part_of(facts, Part::header).certain_pages == 300);
}

TEST_CASE("Segments beyond the address space are harmless") {
  elf::ElfFacts facts;
  facts.type = elf::FileType::shared;
  facts.dynamic = true;
  facts.loader_work.hash_table = UINT64_MAX;
  facts.loader_work.tables = {{UINT64_MAX - 1, UINT64_MAX}};
  facts.relro = elf::AddressRange{1, UINT64_MAX};
  for (const std::uint64_t size : {std::uint64_t{1}, UINT64_MAX})
    for (const std::uint32_t flags : {readable, readable | executable, readable | writable})
      facts.segments.push_back({flags, 0, UINT64_MAX - 4096, size, UINT64_MAX, 1});
  facts.thread_local_storage = elf::AddressRange{UINT64_MAX - 4000, UINT64_MAX};
  for (const auto& part : loaded_pages(facts)) {
    CHECK(part.certain_pages <= part.pages);
    CHECK(part.dirty_pages <= part.pages);
  }
}
