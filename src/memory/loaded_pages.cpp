// Which pages of a file the loader brings into memory. glibc's ld.so reads the headers and, for symbol lookups, the
// hash tables, symbols and strings, which all stand in the file's first segment; it writes every relocated word, the
// dynamic section's pointers and the slots of imported functions, and clears the rest of the page where .data ends and
// .bss begins; it runs the initializers. A file page that is read brings its whole window of 16 pages with it, as far
// as the mapping goes and the pages are in the page cache (mm/memory.c, do_fault_around); a page that is written comes
// alone. Windows are aligned in virtual memory, so where they begin depends on the address that the kernel chose:
// floors are means over six phases, certain pages the least of them.
#include "memory/loaded_pages.h"

#include <algorithm>
#include <array>
#include <optional>

namespace imgslim::memory {
namespace {

using elf::PageRange;

constexpr std::uint64_t window_pages = 16;
constexpr std::array<std::uint64_t, 6> phases = {0, 3, 6, 9, 12, 15};
constexpr std::size_t most_mappings = 64;  ///< real files have about ten

/// A mapping at link-time pages, with what happens to it; ranges are half open, in no order.
struct Mapping {
  struct Span {
    std::uint64_t begin, end;
  };
  Part part;
  Span pages;
  std::vector<Span> read = {}, written = {};
};
using Span = Mapping::Span;

std::uint64_t page_of(std::uint64_t address) { return address / page_bytes; }

std::uint64_t page_behind(std::uint64_t begin, std::uint64_t size_bytes) {
  const auto end = size_bytes > UINT64_MAX - begin ? UINT64_MAX : begin + size_bytes;
  return end / page_bytes + (end % page_bytes != 0 ? 1 : 0);
}

/// Pages in the union of the spans, which it sorts.
std::uint64_t count_union(std::vector<Span> spans) {
  std::sort(spans.begin(), spans.end(), [](const Span& a, const Span& b) { return a.begin < b.begin; });
  std::uint64_t count = 0, reached = 0;
  for (const auto& span : spans) {
    const auto begin = std::max(span.begin, reached);
    if (span.end > begin) count += span.end - begin;
    reached = std::max(reached, span.end);
  }
  return count;
}

/// The windows of the pages of `read` when the mapping's page p is at a virtual page that is `phase` beyond a multiple
/// of 16.
std::vector<Span> windows(const Mapping& mapping, std::uint64_t phase) {
  std::vector<Span> result;
  const auto begins = [&](std::uint64_t page) { return (page + phase) / window_pages * window_pages; };  // + phase
  for (const auto& span : mapping.read) {
    const auto first = begins(span.begin), start = mapping.pages.begin + phase;
    const auto begin = std::max(first, start);
    // A window cut at the mapping's begin is as long as others.
    auto end = std::max(begin, begins(span.end - 1)) + window_pages;
    end = std::min(end, mapping.pages.end + phase);
    result.push_back({begin - phase, end - phase});
  }
  return result;
}

/// Alignment of 64 KiB or more fixes the phase, and so does a file that is not moved.
std::optional<std::uint64_t> fixed_phase(const elf::ElfFacts& facts) {
  if (facts.type == elf::FileType::executable) return 0;
  for (const auto& segment : facts.segments)
    if (segment.alignment >= window_pages * page_bytes) return 0;
  return std::nullopt;
}

class Simulation {
 public:
  explicit Simulation(const elf::ElfFacts& facts) : facts_(facts), moved_(facts.type == elf::FileType::shared) {
    map_segments();
    read_tables();
    write_pages();
  }

  [[nodiscard]] std::vector<LoadedPart> result() const {
    std::array<LoadedPart, part_count> parts;
    for (const auto& mapping : mappings_) add(mapping, parts[static_cast<std::size_t>(mapping.part)]);
    std::vector<LoadedPart> result;
    for (std::size_t i = 0; i < parts.size(); ++i) {
      if (parts[i].pages == 0) continue;
      parts[i].part = static_cast<Part>(i);
      result.push_back(parts[i]);
    }
    return result;
  }

 private:
  void add(const Mapping& mapping, LoadedPart& sum) const {
    sum.pages += mapping.pages.end - mapping.pages.begin;
    sum.dirty_pages += count_union(mapping.written);
    const auto fixed = fixed_phase(facts_);
    std::uint64_t least = UINT64_MAX, total = 0;
    for (const auto phase : phases) {
      auto resident = mapping.part == Part::bss ? std::vector<Span>() : windows(mapping, fixed.value_or(phase));
      resident.insert(resident.end(), mapping.written.begin(), mapping.written.end());
      const auto count = count_union(std::move(resident));
      least = std::min(least, count);
      total += count;
    }
    sum.certain_pages += least;
    sum.floor_pages += static_cast<double>(total) / static_cast<double>(phases.size());
  }

  void map(Part part, std::uint64_t begin, std::uint64_t end) {
    if (begin < end && mappings_.size() < most_mappings) mappings_.push_back({part, {begin, end}});
  }

  void map_segments() {
    constexpr std::uint32_t executable = 1, writable = 2;
    const auto relro_end = facts_.relro ? facts_.relro->begin + facts_.relro->size_bytes : 0;
    bool behind_text = false;
    for (const auto& segment : facts_.segments) {
      const auto begin = page_of(segment.address);
      const auto file_end = page_behind(segment.address, segment.file_bytes);
      if ((segment.flags & writable) != 0) {
        const bool has_relro = facts_.relro && segment.address < relro_end && facts_.relro->begin >= segment.address;
        const auto border = has_relro ? std::clamp(page_of(relro_end), begin, std::max(begin, file_end)) : begin;
        map(Part::relro, begin, border);
        map(Part::data, border, file_end);
        map(Part::bss, std::max(begin, file_end), page_behind(segment.address, segment.memory_bytes));
      } else if ((segment.flags & executable) != 0) {
        behind_text = true;
        map(Part::text, begin, file_end);
      } else {
        map(behind_text ? Part::rodata : Part::header, begin, file_end);
      }
    }
  }

  void touch(std::vector<Span> Mapping::*list, std::uint64_t begin, std::uint64_t end) {
    for (auto& mapping : mappings_) {
      const Span part{std::max(begin, mapping.pages.begin), std::min(end, mapping.pages.end)};
      if (part.begin < part.end) (mapping.*list).push_back(part);
    }
  }
  void read(std::uint64_t address, std::uint64_t size_bytes) {
    touch(&Mapping::read, page_of(address), page_behind(address, std::max<std::uint64_t>(size_bytes, 1)));
  }
  void write(const std::vector<PageRange>& pages) {
    for (const auto& range : pages) touch(&Mapping::written, range.first, range.first + range.count);
  }

  void read_tables() {
    constexpr std::uint64_t hash_header_bytes = 16;
    const auto& work = facts_.loader_work;
    if (!facts_.segments.empty()) read(facts_.segments.front().address, 1);
    for (const auto& table : work.tables) read(table.begin, table.size_bytes);
    for (const auto& place : {work.hash_table, work.version_needs, work.version_definitions})
      if (place) read(*place, hash_header_bytes);
    if (facts_.dynamic) read(work.dynamic_section.begin, work.dynamic_section.size_bytes);
    if (facts_.thread_local_storage) read_thread_image();
    for (const auto& range : work.code_pages) touch(&Mapping::read, range.first, range.first + range.count);
    if (facts_.entry_address != 0) read(facts_.entry_address, 1);
    // Lookups of symbols go all over the hash tables, symbols and strings.
    if (facts_.dynamic && work.hash_table)
      for (auto& mapping : mappings_)
        if (mapping.part == Part::header) mapping.read.push_back(mapping.pages);
  }

  /// The file part of PT_TLS is copied to the first thread.
  void read_thread_image() {
    const auto& image = *facts_.thread_local_storage;
    for (const auto& segment : facts_.segments) {
      if (image.begin < segment.address || image.begin - segment.address >= segment.file_bytes) continue;
      read(image.begin, std::min(image.size_bytes, segment.file_bytes - (image.begin - segment.address)));
    }
  }

  void write_pages() {
    const auto& work = facts_.loader_work;
    write(work.relocated_pages);
    if (moved_ || facts_.bind_now) write(work.jump_slot_pages);
    const auto& section = work.dynamic_section;
    if (facts_.dynamic && (moved_ || work.has_debug_entry))
      touch(&Mapping::written, page_of(section.begin),
            page_behind(section.begin, std::max<std::uint64_t>(section.size_bytes, 1)));
    for (const auto& segment : facts_.segments) {
      const auto end = segment.address + segment.file_bytes;
      constexpr std::uint32_t writable = 2;
      const bool clears = (segment.flags & writable) != 0 && segment.memory_bytes > segment.file_bytes;
      if (clears && end % page_bytes != 0) touch(&Mapping::written, page_of(end), page_of(end) + 1);
    }
    // A section that the file has read-only is not written.
    for (auto& mapping : mappings_)
      if (mapping.part == Part::header || mapping.part == Part::rodata) mapping.written.clear();
  }

  const elf::ElfFacts& facts_;
  bool moved_;
  std::vector<Mapping> mappings_;
};

}  // namespace

std::vector<LoadedPart> loaded_pages(const elf::ElfFacts& facts) { return Simulation(facts).result(); }

}  // namespace imgslim::memory
