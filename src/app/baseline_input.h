#pragma once

#include "app/options.h"

namespace imgslim::app {

/// Analyzes with a progress line while there is a terminal to show it on.
Result<AnalyzeResult> analyze_shown(const Options& options, const AnalyzeOptions& analyze, WithTree with_tree);

/// A side of a comparison: a saved report or a lock, which a file that starts with "{" and every pipe is; else an
/// image.
Result<Report> read_side(const Options& options, const std::string& argument);

/// An error unless both are of one platform, or `other_platform` is meant: then a loud note on standard error.
Status check_platforms(const Report& base, const Report& head, bool other_platform);

}  // namespace imgslim::app
