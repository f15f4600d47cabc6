#pragma once

#include <string>

#include "analysis/analysis.h"
#include "imgslim/why.h"

namespace imgslim::analysis {

/// What a path (with or without leading "/") or a package name is, who brought it and what became of it.
[[nodiscard]] WhyAnswer answer_why(const Analysis& analysis, const std::string& query);

}  // namespace imgslim::analysis
