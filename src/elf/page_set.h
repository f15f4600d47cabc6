#pragma once

#include <cstdint>
#include <vector>

#include "elf/elf_facts.h"

namespace imgslim::elf {

/// Gathers pages of the loaded image; addresses that no segment has are left out.
class PageSet {
 public:
  explicit PageSet(const std::vector<LoadSegment>& segments);

  /// The pages of [address, address + size_bytes), at least one byte, as far as they are in the segment of `address`.
  void add(std::uint64_t address, std::uint64_t size_bytes);
  /// Ascending and apart; the first 65,536 ranges.
  [[nodiscard]] std::vector<PageRange> ranges() &&;

 private:
  struct Span {
    std::uint64_t begin, end;
  };
  [[nodiscard]] const Span* span_of(std::uint64_t address);

  std::vector<Span> segments_;  // in memory, ascending
  Span last_segment_{0, 0};
  std::vector<Span> pages_;  // page numbers, half open
};

}  // namespace imgslim::elf
