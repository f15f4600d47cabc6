#include "rules/predicates.h"

#include <algorithm>
#include <utility>

#include "rules/fields.h"
#include "rules/script_predicates.h"
#include "rules/stage_predicates.h"
#include "rules/variable_predicates.h"

namespace imgslim::rules {
namespace {

constexpr std::pair<std::string_view, Predicate> predicates[] = {
    {"command.touches_copied", command_touches_copied},
    {"context.has", context_has},
    {"context.ignores_nothing", context_ignores_nothing},
    {"copy.cgo_program", copies_cgo_program},
    {"env.disables_tls", env_disables_tls},
    {"env.matches", env_matches},
    {"env.same_instruction", env_refers_to_itself},
    {"env.truthy", env_is_truthy},
    {"from.earlier_stage", from_names_earlier_stage},
    {"platform.in_stage_name", stage_name_holds_platform},
    {"rpm.unpinned", rpm_is_unpinned},
    {"run.same_flags", run_flags_match_previous},
    {"script.goes_on_after_errors", script_goes_on_after_errors},
    {"script.pipes_what_may_fail", script_pipes_what_may_fail},
    {"script.runs_download", script_runs_download},
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
