#pragma once

#include "imgslim/libraries.h"
#include "imgslim/report.h"
#include "imgslim/why.h"

namespace imgslim::test {

void add_realistic_runtime(Report& report);  ///< a Python service with a missing library and an open plugin host
LibrariesAnswer realistic_libraries();       ///< the same, as `imgslim libs` answers
LibrariesAnswer hostile_libraries();
void add_realistic_chains(WhyAnswer& answer);  ///< to the answer about libssl3

}  // namespace imgslim::test
