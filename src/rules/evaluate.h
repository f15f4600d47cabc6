#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "rules/condition.h"
#include "rules/facts.h"

namespace imgslim::rules {

/// Where a condition is asked: an instruction, perhaps with one of its commands in hand.
struct Place {
  const Facts* facts = nullptr;
  const View* view = nullptr;
  std::uint32_t step = 0;            ///< index in the view
  const Command* command = nullptr;  ///< null when none is in hand

  [[nodiscard]] const Step& at() const { return view->steps[step]; }
};

/// A command that a condition found, with the operands that made it fit.
struct Match {
  const Command* command = nullptr;
  std::vector<std::string> operands;
};

/// Whether the condition holds. Commands that a "cmd" outside of "not" found are appended to `matches`, if given.
[[nodiscard]] bool holds(const Condition& condition, const Place& place, std::vector<Match>* matches = nullptr);

/// Whether a command fits a pattern. The operands that do are appended to `operands`, if given.
[[nodiscard]] bool fits(const CommandPattern& pattern, const Command& command, const Place& place,
                        std::vector<std::string>* operands = nullptr);

/// The operands of a command that a pattern looks at.
[[nodiscard]] std::vector<std::string> operands_of(const OperandsPattern& pattern, const Command& command);

}  // namespace imgslim::rules
