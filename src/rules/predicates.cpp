#include "rules/predicates.h"

#include <algorithm>
#include <utility>

#include "rules/fields.h"
#include "rules/stage_predicates.h"
#include "rules/variable_predicates.h"

namespace imgslim::rules {
namespace {

constexpr std::pair<std::string_view, Predicate> predicates[] = {
    {"env.same_instruction", env_refers_to_itself},
    {"env.truthy", env_is_truthy},
    {"from.earlier_stage", from_names_earlier_stage},
    {"platform.in_stage_name", stage_name_holds_platform},
    {"rpm.unpinned", rpm_is_unpinned},
    {"run.same_flags", run_flags_match_previous},
    {"shell.pipefail", shell_sets_pipefail},
    {"shell.stated", shell_is_stated},
    {"stage.duplicate", stage_name_is_taken},
    {"stage.like_last", stage_is_like_last},
    {"workdir.set", workdir_is_set},
};

}  // namespace

Predicate find_predicate(std::string_view name) {
  const auto* found = std::find_if(std::begin(predicates), std::end(predicates),
                                   [&](const auto& predicate) { return predicate.first == name; });
  return found == std::end(predicates) ? nullptr : found->second;
}

}  // namespace imgslim::rules
