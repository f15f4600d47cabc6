#pragma once

#include <cstdint>
#include <string>

#include "imgslim/lint.h"

namespace imgslim {

/// A Dockerfile after its findings' fixes.
struct FixedDockerfile {
  std::string text;         ///< in the encoding of the source; the source's text when nothing was fixed
  std::uint64_t fixes = 0;  ///< that were applied
  LintResult left;          ///< what lint says of the new text
};

/// Lints, applies the fixes that do not get into each other's way, and starts again until none is left: what it returns
/// does not change when it is fixed again. A fix that would make the file worse to parse is left out.
Result<FixedDockerfile> fix_dockerfile(const Ruleset& rules, const LintSource& source, const LintOptions& options);

}  // namespace imgslim
