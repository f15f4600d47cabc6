#pragma once

#include <string>

#include "imgslim/report.h"

namespace imgslim::report {

/// An ncdu export of the directories of `report.paths`, each with the bytes of the files that have no row of their own.
[[nodiscard]] std::string write_ncdu_of_paths(const Report& report);

}  // namespace imgslim::report
