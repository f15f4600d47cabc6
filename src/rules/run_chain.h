#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "imgslim/finding.h"
#include "rules/facts.h"

/// RUN instructions whose commands can be taken out, put elsewhere and joined without a change of what they do.
namespace imgslim::rules {

/// A RUN in shell form that is nothing but simple commands with && or ; between them.
struct Chain {
  const Step* step = nullptr;
  std::vector<const Command*> commands;  ///< in order, never empty
};

/// Nothing when the step is none: pipes, conditions, comments, here-documents, text that is not understood.
[[nodiscard]] std::optional<Chain> chain_of(const Facts& facts, const Step& step);

/// Takes the marked commands (parallel to Chain::commands) out; the instruction with its lines when none is left.
[[nodiscard]] std::vector<FindingEdit> without_commands(const Facts& facts, const Chain& chain,
                                                        const std::vector<bool>& marked);

/// Takes the instruction out, with its lines.
[[nodiscard]] FindingEdit without_instruction(const Facts& facts, const Step& step);

/// Puts `&& text` at the end of a RUN, in the layout of the lines above; nothing when its script cannot go on.
[[nodiscard]] std::optional<FindingEdit> append_to_run(const Facts& facts, const Step& step, std::string_view text);

/// Makes one RUN of those from `first` to `last`; nothing when they are not neighbours, have other flags, or when one
/// leaves the shell in another state for the next.
[[nodiscard]] std::optional<std::vector<FindingEdit>> join_runs(const Facts& facts, const Step& first,
                                                                const Step& last);

}  // namespace imgslim::rules
