#pragma once

#include <optional>

#include "imgslim/budget.h"

namespace imgslim::budget {

/// What one limit is about.
struct Measured {
  std::optional<std::uint64_t> value;  ///< empty when the report does not know it
  std::uint64_t whole = 0;             ///< what a percentage is of
  std::optional<std::uint64_t> baseline;
  std::string subject;  ///< which layer, path or package; "" for the whole image
  const char* unit = "bytes";
  bool estimated = false;
};

/// The value that `limit` limits.
[[nodiscard]] Measured measure(const Report& report, const BudgetLimit& limit, const JudgeInputs& inputs);

}  // namespace imgslim::budget
