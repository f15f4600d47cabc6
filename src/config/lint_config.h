#pragma once

#include <string>
#include <string_view>

#include "imgslim/lint.h"
#include "json/located.h"

namespace imgslim::config {

/// What a configuration says of linting.
struct LintConfig {
  LintOptions options;
  std::string fail_on;  ///< "" when it does not say
  std::string rules_directory;
};

/// Reads a .hadolint.yaml over `config`: lists add up, other values replace. Formats and colours concern hadolint's own
/// output and are passed over. Errors are usage, with place.
Result<LintConfig> read_hadolint_config(std::string_view text, std::string_view file, LintConfig config);

class Reader;

/// Reads `rules:` and `lint:` of an .imgslim.yaml; problems stay in the reader. read_config has the rest.
void read_lint_members(Reader& reader, const json::Located& document, LintConfig& config);

}  // namespace imgslim::config
