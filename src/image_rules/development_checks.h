#pragma once

#include <vector>

#include "image_rules/image_check.h"

/// Checks of what only developers need, told by what installers write down (family "languages").
namespace imgslim::image_rules {

/// Packages that a lock file of one of "managers" marks as for development alone, with their archives in npm's cache.
[[nodiscard]] std::vector<ImageFinding> check_development_packages(const CheckContext& context);
/// Installed gems that the Gemfiles of the image ask for in groups of development alone, with what only those need.
/// Where no Gemfile tells, those that "names" matches, as check_packages has it.
[[nodiscard]] std::vector<ImageFinding> check_development_gems(const CheckContext& context);

}  // namespace imgslim::image_rules
