// What the loader reads of a file stands in segments without code, which link editors of the last ten years keep apart
// from those with code; the rest, half of most files, need not be kept. Older files have no such segment: theirs is
// kept with its code; so is the begin of a file that begins with code, since Go's link editor puts the tables there.
// Where the bound is too small, the writable segments, which hold the dynamic section, come first.
#include "elf/wanted_ranges.h"

#include <algorithm>

#include "elf/format.h"
#include "elf/program_headers.h"
#include "elf/section_summary.h"

namespace imgslim::elf {
namespace {

constexpr std::uint64_t most_begin_bytes = 1u << 20;
constexpr std::uint64_t most_of_one_table = 1u << 20;
constexpr std::uint64_t most_writable_bytes = 8u << 20;
constexpr std::uint64_t most_without_plan = 24u << 20;

/// Takes ranges in order of importance until the bound is reached.
class Plan {
 public:
  explicit Plan(std::uint64_t file_bytes) : file_bytes_(file_bytes) {}

  void take(FileRange range, std::uint64_t most = most_wanted_bytes) {
    if (range.offset >= file_bytes_) return;
    range.size_bytes = std::min({range.size_bytes, most, left_, file_bytes_ - range.offset});
    if (range.size_bytes == 0) return;
    left_ -= range.size_bytes;
    ranges_.push_back(range);
  }

  /// Ascending, with neighbours merged.
  [[nodiscard]] std::vector<FileRange> merged() && {
    std::sort(ranges_.begin(), ranges_.end(),
              [](const FileRange& a, const FileRange& b) { return a.offset < b.offset; });
    std::vector<FileRange> merged;
    for (const auto& range : ranges_) {
      if (merged.empty() || range.offset > merged.back().offset + merged.back().size_bytes) {
        merged.push_back(range);
        continue;
      }
      auto& last = merged.back();
      last.size_bytes = std::max(last.offset + last.size_bytes, range.offset + range.size_bytes) - last.offset;
    }
    return merged;
  }

 private:
  std::uint64_t file_bytes_;
  std::uint64_t left_ = most_wanted_bytes;
  std::vector<FileRange> ranges_;
};

bool is_constant(const ProgramHeader& header) {
  return header.type == ProgramType::load && (header.flags & (segment_executable | segment_writable)) == 0;
}

void take_segments(const std::vector<ProgramHeader>& headers, Plan& plan) {
  for (const auto& header : headers)
    if (header.type == ProgramType::interpreter || header.type == ProgramType::note ||
        header.type == ProgramType::dynamic)
      plan.take(header.in_file(), most_of_one_table);
  for (const auto& header : headers)
    if (header.type == ProgramType::load && (header.flags & segment_writable) != 0)
      plan.take(header.in_file(), most_writable_bytes);
  const bool has_data = std::any_of(headers.begin(), headers.end(), is_constant);
  for (const auto& header : headers) {
    if (header.type != ProgramType::load) continue;
    if (!has_data || is_constant(header))
      plan.take(header.in_file());
    else if (header.offset == 0)
      plan.take(header.in_file(), most_begin_bytes);
  }
}

}  // namespace

std::vector<FileRange> wanted_ranges(ByteView begin, std::uint64_t file_bytes) {
  const auto format = Format::of(begin);
  Plan plan(file_bytes);
  plan.take({0, format ? planning_bytes : header_bytes});
  if (!format) return std::move(plan).merged();
  const SparseImage known(file_bytes, {{0, begin}});
  const auto type = format->half(begin, 16);
  const auto table = locate_program_headers(*format, known);
  const bool has_count_elsewhere = known.lacked_bytes();
  if (type != 2 && type != 3) return std::move(plan).merged();
  if (const auto headers = read_program_headers(*format, known); !headers.empty()) {
    take_segments(headers, plan);
  } else if (table || has_count_elsewhere) {
    // The table stands elsewhere, so what it lists is not known while it passes by.
    if (table) plan.take(*table);
    plan.take({0, most_without_plan});
  }
  return std::move(plan).merged();
}

}  // namespace imgslim::elf
