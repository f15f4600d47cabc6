// What mapped files cost that they need not.
#include <algorithm>

#include "memory/problem_rules.h"

namespace imgslim::memory {
namespace {

using runtime::Finding;
using runtime::Severity;

/// File bytes between segments that lie further apart than a page: nothing but alignment.
std::uint64_t padding_bytes(const elf::ElfFacts& facts) {
  auto segments = facts.segments;
  std::sort(segments.begin(), segments.end(), [](const auto& a, const auto& b) { return a.offset < b.offset; });
  std::uint64_t padding = 0, end = 0;
  for (const auto& segment : segments) {
    if (segment.offset > end && end > 0 && segment.offset - end >= page_bytes) padding += segment.offset - end;
    if (segment.file_bytes <= UINT64_MAX - segment.offset) end = std::max(end, segment.offset + segment.file_bytes);
  }
  return padding;
}

}  // namespace

std::vector<Finding> segment_padding(const ProblemInput& input) {
  constexpr std::uint64_t worth_saying_bytes = 60u << 10;
  std::vector<Finding> result;
  for (const auto& object : input.startup.objects) {
    const auto& file = input.closure.files[object.use];
    const auto* facts = input.files.elf(file.file);
    const auto padding = facts == nullptr ? 0 : padding_bytes(*facts);
    if (padding < worth_saying_bytes || padding > input.files.size_bytes(file.file)) continue;
    auto finding = problem(Severity::info, file.path,
                           "segments are aligned for pages that this platform does not have: " + mib_text(padding) +
                               " of the file are padding; link with -z max-page-size=4096");
    finding.evidence.push_back({file.path, padding});
    result.push_back(std::move(finding));
  }
  return result;
}

}  // namespace imgslim::memory
