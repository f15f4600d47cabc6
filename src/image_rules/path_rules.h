#pragma once

#include <vector>

#include "image_rules/image_check.h"

namespace imgslim::image_rules {

/// A rule with what it found.
struct RuleFindings {
  const rules::Rule* rule = nullptr;
  std::vector<ImageFinding> findings;
};

/// Rules whose "image" is {"paths": […]}: visible files of layers above the base whose path one of the globs matches
/// and none of "except" does, one finding a layer. "instruction": ["RUN", "COPY --from"] are beginnings that the
/// layer's instruction must have; "min_bytes" is how much there must be in a layer; "each": true makes every file a
/// finding of its own; "unreached": true leaves out what the run-time closure reaches, "known" says nothing at all
/// while neither the closure nor a trace can know; "dead": true adds what later layers hide, where there is a finding
/// already. One walk serves all rules.
[[nodiscard]] std::vector<RuleFindings> run_path_rules(const std::vector<rules::Rule>& rules, const ImageFacts& image);

}  // namespace imgslim::image_rules
