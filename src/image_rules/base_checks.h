#pragma once

#include <vector>

#include "image_rules/image_check.h"

/// Checks of the image that all is built on.
namespace imgslim::image_rules {

/// A base image that the Dockerfile's FROM names and that "variants" has a slimmer one for: rows "NAME TAG SLIM MB",
/// a regular expression on the tag, what to take instead, and its unpacked size.
[[nodiscard]] std::vector<ImageFinding> check_slimmer_variant(const CheckContext& context);
/// What no process uses of the base image and of system packages, in an image whose last stage is there to build.
[[nodiscard]] std::vector<ImageFinding> check_build_environment(const CheckContext& context);
/// What no process uses of the files that a COPY brings.
[[nodiscard]] std::vector<ImageFinding> check_copied_unused(const CheckContext& context);
/// Images whose programs need no shell, no script and no package manager, though the image has them. "families": rows
/// "RUNTIME IMAGE", the beginning of a process's runtime and the distroless image for it.
[[nodiscard]] std::vector<ImageFinding> check_distroless(const CheckContext& context);
/// Images that run static programs only, though there is a distribution below them.
[[nodiscard]] std::vector<ImageFinding> check_static_program(const CheckContext& context);
/// A distribution's release whose day in "ends" (rows "ID VERSION DATE", of os-release) is over.
[[nodiscard]] std::vector<ImageFinding> check_release_end(const CheckContext& context);

}  // namespace imgslim::image_rules
