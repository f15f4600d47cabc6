#pragma once

#include <vector>

#include "elf/sparse_image.h"

namespace imgslim::elf {

/// So much of a file's begin tells wanted_ranges() where the rest stands.
inline constexpr std::uint64_t planning_bytes = 16u << 10;
/// The ranges of one file sum to no more.
inline constexpr std::uint64_t most_wanted_bytes = 32u << 20;

/// The parts of a file that read_elf() looks at, for a reader that sees the file pass by once: ascending, disjoint,
/// within the file. `begin` is the file's first planning_bytes, or all of a smaller file.
[[nodiscard]] std::vector<FileRange> wanted_ranges(ByteView begin, std::uint64_t file_bytes);

}  // namespace imgslim::elf
