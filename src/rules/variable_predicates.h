#pragma once

#include "rules/evaluate.h"

/// Predicates on ENV and ARG, and on what commands make of them.
namespace imgslim::rules {

/// env.same_instruction: a value of this ENV refers to a name that only another pair of it defines.
bool env_refers_to_itself(const Place& place, const Parameters&);
/// env.truthy {variable}: ENV set it to something like "1" or "true" before, or the script does for a command.
bool env_is_truthy(const Place& place, const Parameters& parameters);
/// env.matches {variable, value or contains}: ENV or ARG gave the variable that value, or one that holds the text.
bool env_matches(const Place& place, const Parameters& parameters);
/// env.disables_tls: this ENV or ARG makes a program accept any certificate.
bool env_disables_tls(const Place& place, const Parameters&);
/// context.has {files}: one of these is in the root of the build context.
bool context_has(const Place& place, const Parameters& parameters);
/// context.ignores_nothing: there is a build context, and no .dockerignore for it.
bool context_ignores_nothing(const Place& place, const Parameters&);
/// rpm.unpinned: the command in hand, of the yum family, installs a package or module without a version.
bool rpm_is_unpinned(const Place& place, const Parameters&);

}  // namespace imgslim::rules
