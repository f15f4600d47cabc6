#pragma once

#include "imgslim/report.h"

namespace imgslim::test {

/// The memory of the realistic report: python 3.11 with what its runtime section lists.
[[nodiscard]] ReportMemory realistic_memory();

}  // namespace imgslim::test
