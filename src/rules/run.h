#pragma once

#include <vector>

#include "rules/facts.h"
#include "rules/rule.h"

namespace imgslim::rules {

/// A finding before comments, waivers and severities have had their say.
struct Draft {
  const Rule* rule = nullptr;
  std::uint32_t step = 0;                      ///< index in File::instructions
  bool whole_file = false;                     ///< concerns no instruction
  std::optional<std::uint32_t> other_step;     ///< the instruction that undoes this one's work, or the other way round
  std::optional<std::uint32_t> image_finding;  ///< the image's own account of it, by position
  ReportFinding finding;
};

/// A place as findings name it.
[[nodiscard]] FindingLocation locate(const dockerfile::File& file, dockerfile::Span span);

/// Runs one rule.
void run_rule(const Rule& rule, const Facts& facts, const LintOptions& options, std::vector<Draft>& drafts);

}  // namespace imgslim::rules
