#pragma once

#include <vector>

#include "image_rules/image_check.h"

/// Checks of what is loaded at start for nothing (family "memory").
namespace imgslim::image_rules {

/// Libraries that DT_NEEDED of a file of the author's has mapped and from which nothing in the process takes a symbol.
[[nodiscard]] std::vector<ImageFinding> check_unused_libraries(const CheckContext& context);
/// Programs and libraries that UPX packed.
[[nodiscard]] std::vector<ImageFinding> check_packed_programs(const CheckContext& context);

}  // namespace imgslim::image_rules
