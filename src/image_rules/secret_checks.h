#pragma once

#include <vector>

#include "image_rules/image_check.h"

/// Secrets in layers and in the config. What is secret is never told: names and places are.
namespace imgslim::image_rules {

/// Files of any layer that hold a secret (layer/secret_scan.h), also those that a later layer deletes or replaces.
/// Files of system packages are none.
[[nodiscard]] std::vector<ImageFinding> check_secret_files(const CheckContext& context);

/// Variables of the author's ENV, and build arguments that the history keeps with their values, whose name is one of
/// the regular expression "names" and none of "except".
[[nodiscard]] std::vector<ImageFinding> check_secret_variables(const CheckContext& context);

}  // namespace imgslim::image_rules
