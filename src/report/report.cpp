#include "imgslim/report.h"

#include <cmath>

#include "core/check.h"

namespace imgslim {

std::optional<double> rounded_ratio(std::uint64_t part, std::uint64_t whole) {
  if (whole == 0) return std::nullopt;
  IMGSLIM_CHECK(part <= whole);
  return std::round(static_cast<double>(part) / static_cast<double>(whole) * 1e6) / 1e6;
}

}  // namespace imgslim
