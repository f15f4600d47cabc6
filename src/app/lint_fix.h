#pragma once

#include <string>

#include "imgslim/fix.h"

namespace imgslim::app {

enum class FixMode { none, write, print };  ///< --fix corrects the file, --diff prints the patch

/// Writes the corrected file in place (standard input's to standard output) or prints the patch, and gives what lint
/// says then: of the corrected file, or of the one that is there.
Result<LintResult> fix_file(const Ruleset& rules, LintSource& source, const LintOptions& options, FixMode mode);

/// The file as it is understood, as JSON.
std::string render_syntax_tree(const LintSource& source);

}  // namespace imgslim::app
