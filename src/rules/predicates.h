#pragma once

#include <string_view>

#include "rules/evaluate.h"

namespace imgslim::rules {

/// The predicate of that name, which "predicate" in a rule file names; null when there is none.
[[nodiscard]] Predicate find_predicate(std::string_view name);

}  // namespace imgslim::rules
