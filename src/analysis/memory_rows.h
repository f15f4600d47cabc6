#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "analysis/analysis.h"
#include "imgslim/memory.h"

/// The memory estimate as reports show it.
namespace imgslim::analysis {

/// Nothing when no program of the image is known.
[[nodiscard]] std::optional<ReportMemory> memory_section(const Analysis& analysis);

/// Resident bytes of each layer's files at start.
[[nodiscard]] std::vector<std::uint64_t> startup_bytes(const Analysis& analysis);

}  // namespace imgslim::analysis
