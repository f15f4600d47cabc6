#pragma once

#include "rules/fixes_of_commands.h"

/// The fixes that know what language tools do.
namespace imgslim::rules {

/// Dependencies are installed without those of development, where nothing below can need them.
[[nodiscard]] Edits omit_development(const FixRecipe& recipe, const FixPlace& place);
/// The tool's own command that empties its cache, at the end of the RUN.
[[nodiscard]] Edits clean_cache(const FixRecipe& recipe, const FixPlace& place);
/// go build links without symbols and debug information.
[[nodiscard]] Edits strip_go_program(const FixRecipe& recipe, const FixPlace& place);

/// A stage that only starts java installs a JRE, or stands on one, where the same vendor has it.
[[nodiscard]] Edits jre_instead(const FixRecipe& recipe, const FixPlace& place);

}  // namespace imgslim::rules
