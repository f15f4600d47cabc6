#pragma once

#include <vector>

#include "image_rules/image_check.h"

/// Checks of who may do what in the container.
namespace imgslim::image_rules {

/// Visible files of the author's that run as their owner or group, and files and directories that everybody may change;
/// one finding a layer of each kind. Where a system package brings all of them it is an info.
[[nodiscard]] std::vector<ImageFinding> check_modes(const CheckContext& context);
/// Packages "names" of the author's, and port 22 in the config.
[[nodiscard]] std::vector<ImageFinding> check_ssh_server(const CheckContext& context);
/// Names in --chown of the image's COPY and ADD instructions that its passwd or group does not know.
[[nodiscard]] std::vector<ImageFinding> check_unknown_owner(const CheckContext& context);

}  // namespace imgslim::image_rules
