#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "imgslim/finding.h"
#include "rules/facts.h"

/// Edits that make a finding go away. Only what is sure is edited: a fix that cannot tell is none.
namespace imgslim::rules {

/// What "edit" in a rule file asks for.
struct FixRecipe {
  std::string kind;                   ///< one of fix_kinds()
  std::string text;                   ///< of append with {command} for the command's name
  std::vector<std::string> words;     ///< insert: behind which argument; rename: with which first operand
  std::vector<std::string> commands;  ///< names of commands that are edited; none: any
};

/// What a finding is on.
struct FixPlace {
  const Facts& facts;
  const Step& step;
  const Command* command = nullptr;     ///< that the rule found; null when it looks at no command
  bool of_image = false;                ///< the built image has told it, not the text
  const Step* later = nullptr;          ///< of a built image: the one that hides what this one stores
  std::vector<std::string> files = {};  ///< of a built image: all that the finding is about, with "/" at the front
  std::vector<std::string> keep = {};   ///< of a built image: names that have to be stated once the edit is made
};

/// Kinds of edits, sorted: append a command to the RUN, insert an argument …
[[nodiscard]] std::vector<std::string_view> fix_kinds();

/// Whether only a built image can tell what the kind of edit has to know.
[[nodiscard]] bool needs_image(const FixRecipe& recipe);

/// The edits, in order of their places; nothing where the recipe does not apply for sure.
[[nodiscard]] std::optional<std::vector<FindingEdit>> make_edits(const FixRecipe& recipe, const FixPlace& place);

}  // namespace imgslim::rules
