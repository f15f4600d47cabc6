#pragma once

#include <vector>

#include "image_rules/claims.h"
#include "image_rules/image_facts.h"
#include "imgslim/suggestion.h"

namespace imgslim::image_rules {

/// Other ways to build the image that make it smaller by a hundredth or more: "flatten" puts the author's layers into
/// one, "squash" all layers; "second-stage" copies what the command uses, and what no package owns above the base, into
/// an empty stage, but for what findings call superfluous. The last one is told only when the closure knows what the
/// program can open.
[[nodiscard]] std::vector<ReportWhatIf> what_ifs(const ImageFacts& image, const Claims& superfluous);

}  // namespace imgslim::image_rules
