#pragma once

#include <string>

#include "imgslim/report.h"

namespace imgslim {

/// A report as metrics in Prometheus' text format: sizes, memory at start, findings and the verdict with its budgets,
/// each with the image's name and platform. What the report does not know has no sample.
[[nodiscard]] std::string render_prometheus(const Report& report);

}  // namespace imgslim
