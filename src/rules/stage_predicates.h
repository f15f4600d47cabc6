#pragma once

#include "rules/evaluate.h"

/// Predicates on stages and on what comes before an instruction.
namespace imgslim::rules {

/// from.earlier_stage: FROM names the alias of a stage above.
bool from_names_earlier_stage(const Place& place, const Parameters&);
/// stage.duplicate {ignore_case}: the alias of this FROM is that of a stage above.
bool stage_name_is_taken(const Place& place, const Parameters& parameters);
/// stage.like_last: the FROM of this stage is written like the last one.
bool stage_is_like_last(const Place& place, const Parameters&);
/// workdir.set: a WORKDIR came before, in this stage or one that it is built FROM. {by_image}: also in an earlier stage
/// FROM the same image, as hadolint has it.
bool workdir_is_set(const Place& place, const Parameters& parameters);
/// run.same_flags: this RUN and the instruction above have the same flags.
bool run_flags_match_previous(const Place& place, const Parameters&);
/// shell.pipefail: the SHELL in effect sets pipefail, or is none of POSIX kind.
bool shell_sets_pipefail(const Place& place, const Parameters&);
/// shell.stated: a SHELL came before, in this stage or one that it is built FROM.
bool shell_is_stated(const Place& place, const Parameters&);
/// platform.in_stage_name: the stage's name holds the system or architecture of its --platform.
bool stage_name_holds_platform(const Place& place, const Parameters&);

}  // namespace imgslim::rules
