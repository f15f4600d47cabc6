#pragma once

#include <vector>

#include "image_rules/image_check.h"

/// Checks of why packages are there (family "os-packages").
namespace imgslim::image_rules {

/// System packages that only Recommends keeps, those that the run-time closure reaches and what they need left out.
[[nodiscard]] std::vector<ImageFinding> check_only_recommended(const CheckContext& context);
/// System packages of which the closure reaches no file and that nothing reached depends on. Nothing while the closure
/// cannot know.
[[nodiscard]] std::vector<ImageFinding> check_unreached_packages(const CheckContext& context);
/// System packages that nothing keeps any more.
[[nodiscard]] std::vector<ImageFinding> check_orphans(const CheckContext& context);
/// Files that a later RUN removes with the package manager, and apk's virtual packages that are still there.
[[nodiscard]] std::vector<ImageFinding> check_removed_late(const CheckContext& context);
/// curl and wget together: the cheaper one that is not used.
[[nodiscard]] std::vector<ImageFinding> check_curl_and_wget(const CheckContext& context);
/// Packages whose only use is the health check.
[[nodiscard]] std::vector<ImageFinding> check_health_check_tools(const CheckContext& context);
/// Files of the base image that a RUN with an upgrade stores again.
[[nodiscard]] std::vector<ImageFinding> check_upgraded(const CheckContext& context);

}  // namespace imgslim::image_rules
