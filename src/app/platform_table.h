#pragma once

#include <string>
#include <vector>

#include "imgslim/render.h"

namespace imgslim::app {

/// One line for each platform: sizes side by side.
[[nodiscard]] std::string platform_table(const std::vector<Report>& reports, const RenderOptions& looks);

/// The reports as one JSON array.
[[nodiscard]] std::string platforms_json(const std::vector<Report>& reports);

}  // namespace imgslim::app
