#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "rules/facts.h"
#include "rules/rule.h"

namespace imgslim::rules {

/// Puts what is known of the build context into the facts.
void add_context(Facts& facts, const LintSource& source);

/// The patterns of a .dockerignore (docs.docker.com/build/concepts/context): comments and blank lines gone.
[[nodiscard]] std::vector<std::string> read_ignore_file(std::string_view text);

/// Whether a path, or a directory above it, fits a .dockerignore pattern: "*", "?", "[a-z]", "**", leading and trailing
/// slashes meaning nothing.
[[nodiscard]] bool path_matches(std::string_view pattern, std::string_view path);

}  // namespace imgslim::rules
