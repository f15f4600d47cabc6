#pragma once

#include <vector>

#include "rules/rule.h"

namespace imgslim {

/// The rules behind a Ruleset.
struct Ruleset::Rules {
  std::vector<rules::Rule> rules;  ///< sorted by id
};

}  // namespace imgslim
