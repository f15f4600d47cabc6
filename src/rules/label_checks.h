#pragma once

#include "rules/checks.h"

/// Checks of labels against the configuration's label schema.
namespace imgslim::rules {

/// label.missing: a label of the schema that a stage does not set.
void check_missing_labels(const Linter& linter);
/// label.superfluous: with strict labels, one that is not in the schema.
void check_superfluous_labels(const Linter& linter);
/// label.value {type}: a label whose value is not what the schema says; type "empty" for those without any.
void check_label_values(const Linter& linter);

}  // namespace imgslim::rules
