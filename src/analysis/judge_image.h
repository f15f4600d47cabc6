#pragma once

#include "analysis/analysis.h"
#include "dockerfile/ast.h"
#include "imgslim/lint.h"
#include "runtime/findings.h"

namespace imgslim::analysis {

/// What the rules are given beside the image.
struct RuleInput {
  const Ruleset& ruleset;
  const LintOptions& options;
  const LintSource* source = nullptr;      ///< the Dockerfile; null without one
  const dockerfile::File* file = nullptr;  ///< the same, parsed
  unsigned threads = 1;
};

/// Runs every rule over the image and its Dockerfile. `told` are what the closure and the memory model found. Unknown
/// rules in the options are usage errors.
Result<Judgement> judge_image(const Analysis& analysis, const RuleInput& input,
                              const std::vector<runtime::Finding>& told);

}  // namespace imgslim::analysis
