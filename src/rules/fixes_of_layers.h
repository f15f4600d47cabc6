#pragma once

#include "rules/fixes_of_commands.h"

/// The fixes that keep files from being stored in one layer and hidden by another.
namespace imgslim::rules {

/// What a RUN removes of caches is removed by the RUNs above that fill them.
[[nodiscard]] Edits move_removal(const FixRecipe& recipe, const FixPlace& place);
/// The RUN and the later one that undoes it become one.
[[nodiscard]] Edits join_with_later(const FixRecipe& recipe, const FixPlace& place);
/// Archives of the image that the RUN itself unpacks are removed at its end.
[[nodiscard]] Edits remove_archives(const FixRecipe& recipe, const FixPlace& place);
/// What a COPY brings for one RUN, which removes it, is mounted into that RUN.
[[nodiscard]] Edits mount_instead(const FixRecipe& recipe, const FixPlace& place);
/// chown and chmod of what COPYs bring become flags of theirs.
[[nodiscard]] Edits flag_of_copy(const FixRecipe& recipe, const FixPlace& place);

}  // namespace imgslim::rules
