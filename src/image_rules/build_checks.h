#pragma once

#include <vector>

#include "image_rules/image_check.h"

/// Checks of what the build and its context leave in the image.
namespace imgslim::image_rules {

/// Variables "names" that the author sets with ENV and that have a value in the image's config.
[[nodiscard]] std::vector<ImageFinding> check_build_variables(const CheckContext& context);
/// COPY of the whole context where the Dockerfile has no .dockerignore: what globs "unwanted" match of it.
[[nodiscard]] std::vector<ImageFinding> check_whole_context(const CheckContext& context);
/// Whether the given Dockerfile is the image's: RUN, COPY and ADD that its history does not have.
[[nodiscard]] std::vector<ImageFinding> check_dockerfile(const CheckContext& context);

}  // namespace imgslim::image_rules
