#pragma once

#include <vector>

#include "image_rules/image_check.h"
#include "image_rules/image_facts.h"
#include "imgslim/suggestion.h"

namespace imgslim::image_rules {

/// Other ways to build the image that make it smaller by a hundredth or more. "merge-layers" makes one RUN of RUNs that
/// follow on each other; "flatten" puts the author's layers into one, "squash" all layers; "second-stage" copies what
/// the command uses, and what no package owns above the base, into an empty stage or onto the distroless image that
/// `findings` name, but for what they call superfluous: told only when the closure or a trace knows what the program
/// opens. "no-bytecode" leaves out what Python compiled, which costs memory and time at every start.
[[nodiscard]] std::vector<ReportWhatIf> what_ifs(const ImageFacts& image, const std::vector<ImageFinding>& findings);

}  // namespace imgslim::image_rules
