#pragma once

#include <vector>

#include "image_rules/image_check.h"
#include "rules/judge.h"
#include "runtime/findings.h"

namespace imgslim::image_rules {

/// What the rules say of an image: drafts whose `image_finding` counts in `findings`.
struct ImageRun {
  rules::ImageSide side;
  std::vector<ImageFinding> findings;
};

/// Runs every rule that looks at images, on at most `threads` threads. `told` are the findings of the run-time closure
/// and of the memory model.
[[nodiscard]] ImageRun run(const std::vector<rules::Rule>& rules, const ImageFacts& image,
                           const std::vector<runtime::Finding>& told, unsigned threads = 1);

}  // namespace imgslim::image_rules
