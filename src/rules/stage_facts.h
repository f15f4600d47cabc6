#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rules/evaluate.h"

/// Questions about stages that several predicates ask.
namespace imgslim::rules {

/// The stage that another is built FROM, by the name of an earlier one.
[[nodiscard]] std::optional<std::uint32_t> base_stage(const Facts& facts, std::uint32_t stage);

/// The steps that come before a place: those of the stages that its stage is built FROM, outermost first, then those
/// above it in its own.
[[nodiscard]] std::vector<const Step*> steps_before(const Place& place);

/// Parameters: a member's text, "" when absent.
[[nodiscard]] std::string parameter(const Parameters& parameters, std::string_view name);
[[nodiscard]] bool parameter_set(const Parameters& parameters, std::string_view name);

}  // namespace imgslim::rules
