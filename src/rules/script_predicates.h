#pragma once

#include "rules/evaluate.h"

/// Predicates on what a RUN's script does.
namespace imgslim::rules {

/// command.touches_copied: an operand of the command in hand is what a COPY or ADD of the stage brought, is above it,
/// or is below it.
bool command_touches_copied(const Place& place, const Parameters&);
/// copy.cgo_program: this COPY takes from a stage that builds Go programs with cgo on, into one without their loader.
bool copies_cgo_program(const Place& place, const Parameters&);
/// script.goes_on_after_errors: a here-document of several commands in a shell without errexit.
bool script_goes_on_after_errors(const Place& place, const Parameters&);
/// script.pipes_what_may_fail: a pipeline in which another than the last command can fail: not just echo or printf.
bool script_pipes_what_may_fail(const Place& place, const Parameters&);
/// script.runs_download: what curl or wget fetch is run by a shell or interpreter at once.
bool script_runs_download(const Place& place, const Parameters&);

}  // namespace imgslim::rules
