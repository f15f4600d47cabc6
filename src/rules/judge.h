#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "rules/run.h"
#include "rules/suppression.h"

namespace imgslim::rules {

/// What the built image adds to what its Dockerfile's text tells.
struct ImageSide {
  std::vector<Draft> drafts;
  std::set<std::string> decided;  ///< ids of rules that the image was asked about
  std::vector<bool> built;        ///< per instruction of the file: whether a layer of the image is its work
};

struct JudgeInput {
  const Facts& facts;
  const LintOptions& options;
  const Suppression& suppression;
  std::string_view path;  ///< of the Dockerfile, "" when there is none
};

struct Judged {
  std::vector<Draft> drafts;  ///< by line, column, rule; whose findings are complete
  std::uint64_t suppressed = 0;
};

/// What is left of the drafts after image, comments, waivers and severities. `image` may be null.
[[nodiscard]] Judged judge(std::vector<Draft> drafts, const JudgeInput& input, ImageSide* image);

}  // namespace imgslim::rules
