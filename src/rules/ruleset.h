#pragma once

#include <vector>

#include "rules/rule.h"

namespace imgslim {

/// The rules behind a Ruleset.
struct Ruleset::Rules {
  std::vector<rules::Rule> rules;  ///< sorted by id
};

namespace rules {

/// The rules of a Ruleset, sorted by id; they live as long as one of its copies.
[[nodiscard]] const std::vector<Rule>& all_rules(const Ruleset& ruleset);

}  // namespace rules
}  // namespace imgslim
