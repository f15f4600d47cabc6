#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "rules/evaluate.h"
#include "rules/rule.h"

namespace imgslim::rules {

/// What a finding is, before it has its place in words.
struct Report {
  std::uint32_t step = 0;  ///< index in File::instructions
  dockerfile::Span span;   ///< what to underline; an empty one stands for the whole instruction
  std::string message;
  bool whole_file = false;           ///< concerns no instruction: `span` alone counts
  const Command* command = nullptr;  ///< that it is about, for its fix
};

/// What a check of a whole file is given.
struct Linter {
  const Facts& facts;
  const LintOptions& options;
  const Rule& rule;
  std::function<void(Report)> report;

  /// Of an instruction of the view, with the rule's message when none is given.
  void at(const Step& step, dockerfile::Span span = {}, std::string message = {}) const {
    report({step.index, span, std::move(message), false, nullptr});
  }
};

/// The check of that name, which "check" in a rule file names; null when there is none.
[[nodiscard]] Check find_check(std::string_view name);

}  // namespace imgslim::rules
