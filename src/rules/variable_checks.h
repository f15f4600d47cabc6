#pragma once

#include "rules/checks.h"

/// Checks on variables that the builder expands, and on the graph of stages.
namespace imgslim::rules {

/// variable.from: FROM uses a name that no ARG above the stages declares.
void check_from_variables(const Linter& linter);
/// variable.undefined: another instruction uses a name that nothing defines.
void check_undefined_variables(const Linter& linter);
/// from.default_arguments: FROM names no valid image when no --build-arg is given.
void check_default_arguments(const Linter& linter);
/// healthcheck.missing: a stage without HEALTHCHECK, its own or one of the stage it is built FROM.
void check_missing_healthcheck(const Linter& linter);
/// stage.unreachable: a stage that the target needs in no way.
void check_unreachable_stages(const Linter& linter);

}  // namespace imgslim::rules
