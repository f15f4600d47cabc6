#pragma once

#include "rules/fixes.h"

/// The fixes that change what a RUN's script does.
namespace imgslim::rules {

using Edits = std::optional<std::vector<FindingEdit>>;

/// Puts recipe.text behind the command's first argument that is one of recipe.words.
[[nodiscard]] Edits insert_argument(const FixRecipe& recipe, const FixPlace& place);
/// Puts recipe.text before the command's first argument.
[[nodiscard]] Edits insert_first(const FixRecipe& recipe, const FixPlace& place);
/// Calls recipe.text instead, when the first operand is one of recipe.words.
[[nodiscard]] Edits rename_command(const FixRecipe& recipe, const FixPlace& place);
/// Adds `&& text` at the end, in the layout of the lines above.
[[nodiscard]] Edits append_command(const FixRecipe& recipe, const FixPlace& place);
/// append_command, where the lists were for this RUN's own installation and nothing below needs them.
[[nodiscard]] Edits remove_apt_lists(const FixRecipe& recipe, const FixPlace& place);
/// append_command, where packages are installed and none below comes out of the archives.
[[nodiscard]] Edits remove_apt_archives(const FixRecipe& recipe, const FixPlace& place);
/// Puts recipe.text and what has to be kept into the script's one installation; only of a built image, which tells.
[[nodiscard]] Edits without_recommended(const FixRecipe& recipe, const FixPlace& place);

}  // namespace imgslim::rules
