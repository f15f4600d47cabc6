#include "elf/page_set.h"

#include <algorithm>

namespace imgslim::elf {
namespace {

constexpr std::uint64_t page_bytes = 4096;
constexpr std::size_t most_ranges = 65'536;

}  // namespace

PageSet::PageSet(const std::vector<LoadSegment>& segments) {
  for (const auto& segment : segments) {
    const auto size = std::min(segment.memory_bytes, UINT64_MAX - segment.address);
    if (size > 0) segments_.push_back({segment.address, segment.address + size});
  }
  std::sort(segments_.begin(), segments_.end(), [](const Span& a, const Span& b) { return a.begin < b.begin; });
}

const PageSet::Span* PageSet::span_of(std::uint64_t address) {
  if (address >= last_segment_.begin && address < last_segment_.end) return &last_segment_;
  const auto behind = std::upper_bound(segments_.begin(), segments_.end(), address,
                                       [](std::uint64_t value, const Span& segment) { return value < segment.begin; });
  if (behind == segments_.begin() || address >= std::prev(behind)->end) return nullptr;
  last_segment_ = *std::prev(behind);
  return &last_segment_;
}

void PageSet::add(std::uint64_t address, std::uint64_t size_bytes) {
  const auto* segment = span_of(address);
  if (segment == nullptr) return;
  const auto size = std::min(std::max<std::uint64_t>(size_bytes, 1), segment->end - address);
  const Span added{address / page_bytes, (address + size - 1) / page_bytes + 1};
  // Relocations mostly come in order of address.
  if (!pages_.empty() && added.begin >= pages_.back().begin && added.begin <= pages_.back().end)
    pages_.back().end = std::max(pages_.back().end, added.end);
  else
    pages_.push_back(added);
}

std::vector<PageRange> PageSet::ranges() && {
  std::sort(pages_.begin(), pages_.end(), [](const Span& a, const Span& b) { return a.begin < b.begin; });
  std::vector<PageRange> ranges;
  for (const auto& span : pages_) {
    if (!ranges.empty() && span.begin <= ranges.back().first + ranges.back().count) {
      ranges.back().count = std::max(ranges.back().first + ranges.back().count, span.end) - ranges.back().first;
    } else if (ranges.size() < most_ranges) {
      ranges.push_back({span.begin, span.end - span.begin});
    }
  }
  return ranges;
}

}  // namespace imgslim::elf
