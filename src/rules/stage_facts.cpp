#include "rules/stage_facts.h"

namespace imgslim::rules {

std::optional<std::uint32_t> base_stage(const Facts& facts, std::uint32_t stage) {
  const auto& resolved = facts.resolved.stages();
  if (stage >= resolved.size() || resolved[stage].base.kind != dockerfile::ImageSource::Kind::stage)
    return std::nullopt;
  const auto base = resolved[stage].base.stage;
  return base < stage ? std::optional(base) : std::nullopt;
}

std::vector<const Step*> steps_before(const Place& place) {
  const auto& steps = place.view->steps;
  std::vector<const Step*> before;
  if (place.view->onbuild || !place.at().stage) {
    for (std::uint32_t at = 0; at < place.step; ++at)
      if (place.view->onbuild || !steps[at].stage) before.push_back(&steps[at]);
    return before;
  }
  std::vector<std::uint32_t> chain{*place.at().stage};
  while (const auto base = base_stage(*place.facts, chain.back())) chain.push_back(*base);
  for (auto stage = chain.rbegin(); stage != chain.rend(); ++stage)
    for (std::uint32_t at = 0; at < steps.size(); ++at)
      if (steps[at].stage == *stage && (*stage != chain.front() || at < place.step)) before.push_back(&steps[at]);
  return before;
}

std::string parameter(const Parameters& parameters, std::string_view name) {
  const auto* member = parameters.find(name);
  return member ? member->text : std::string();
}

bool parameter_set(const Parameters& parameters, std::string_view name) {
  const auto* member = parameters.find(name);
  return member && member->truth;
}

}  // namespace imgslim::rules
