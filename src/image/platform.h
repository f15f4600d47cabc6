#pragma once

#include <string_view>

#include "image/image_info.h"
#include "imgslim/result.h"

namespace imgslim::image {

/// "os/architecture[/variant]", or an architecture alone (for linux), with the usual aliases (x86_64, aarch64 …). Usage
/// error otherwise.
Result<Platform> parse_platform(std::string_view text);

/// The same platform in one spelling, by the rules of containerd's platforms package: lower case, aliases resolved,
/// arm64/v8 and amd64/v1 without variant, arm without variant is arm/v7.
[[nodiscard]] Platform normalize(Platform platform);

/// How well an image for `offered` serves who wants `wanted`: 0 not at all, the higher the better (a CPU runs lower
/// variants too).
[[nodiscard]] int match_quality(const Platform& offered, const Platform& wanted);

/// BuildKit's mark for manifests that are no image, and an unstated platform.
[[nodiscard]] bool is_unknown(const Platform& platform);

}  // namespace imgslim::image
