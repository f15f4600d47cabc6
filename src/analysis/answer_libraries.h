#pragma once

#include "analysis/analysis.h"
#include "core/tier.h"
#include "imgslim/libraries.h"
#include "imgslim/result.h"

namespace imgslim::analysis {

/// "certain", "declared", "likely" or "possible"; else a usage error.
Result<Tier> parse_tier(const std::string& name);

/// The closure up to a tier, and what to copy for it.
[[nodiscard]] LibrariesAnswer answer_libraries(const Analysis& analysis, Tier limit);

}  // namespace imgslim::analysis
