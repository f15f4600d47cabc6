#pragma once

#include <filesystem>
#include <string>

#include "app/lint_options.h"
#include "config/lint_config.h"

namespace imgslim::app {

/// What counts for a run: the command line over the configuration. `fail_on` is settled.
///
/// The configuration is the file of --config; else .imgslim.yaml here or in a directory above up to the root of the Git
/// repository, else $XDG_CONFIG_HOME/imgslim/config.yaml; else hadolint's: .hadolint.yaml here, in $XDG_CONFIG_HOME, in
/// the home directory, over what HADOLINT_* variables say in the compat profile.
Result<config::LintConfig> lint_settings(const LintCommand& command);

/// The .imgslim.yaml that counts here, "" when there is none; hadolint's files are none.
std::filesystem::path find_imgslim_config();

/// The directory .imgslim/rules that counts here, looked for like .imgslim.yaml; "" when there is none.
std::string find_rules_directory();

/// "2026-11-24", of UTC.
std::string today();

}  // namespace imgslim::app
