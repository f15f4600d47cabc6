#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "rules/judge.h"

namespace imgslim::rules {

struct LintInput {
  const std::vector<Rule>& rules;
  const LintOptions& options;
  std::string_view path;  ///< of the Dockerfile, "" when there is none
};

struct LintedFinding {
  ReportFinding finding;
  std::optional<std::uint32_t> image_finding;  ///< as in its Draft
};

struct Linted {
  std::vector<LintedFinding> findings;  ///< by line, column, rule
  std::uint64_t suppressed = 0;
};

/// The facts of a Dockerfile, of what lies around it and of what its build is given. `file` outlives them.
[[nodiscard]] Facts facts_of(const dockerfile::File& file, const LintSource& source, const LintOptions& options);

/// A Dockerfile of absurd length is a limit error.
Status check_length(const dockerfile::File& file, std::string_view path);

/// All that the rules say of a Dockerfile, and of its image when there is one. Problems of the options are usage
/// errors.
Result<Linted> lint_file(const LintInput& input, const Facts& facts, ImageSide* image);

}  // namespace imgslim::rules
