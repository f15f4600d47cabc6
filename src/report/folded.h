#pragma once

#include <string>

#include "imgslim/report.h"

namespace imgslim::report {

/// Folded stacks of the directories of `report.paths`: `/;usr;lib bytes`.
[[nodiscard]] std::string write_folded_of_paths(const Report& report);

}  // namespace imgslim::report
