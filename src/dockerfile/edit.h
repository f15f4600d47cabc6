#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "dockerfile/source.h"

namespace imgslim::dockerfile {

/// Bytes [begin, end) of a text become `replacement`; an empty span inserts.
struct Edit {
  Span span;
  std::string replacement;
};

/// Edits that make sense only together.
using EditGroup = std::vector<Edit>;

struct EditedText {
  std::string text;
  std::vector<bool> applied;  ///< for each group
};

/// What becomes of an insertion where an earlier group has inserted.
enum class SamePlace : std::uint8_t { refuse, behind };

/// Applies groups in order; one that touches what an earlier one changed (the same place of insertion too, unless it
/// may go behind), or that has edits which overlap or are out of range, is left out as a whole. Groups that change
/// nothing do not count as applied.
[[nodiscard]] EditedText apply_edits(std::string_view text, const std::vector<EditGroup>& groups,
                                     SamePlace insertions = SamePlace::refuse);

}  // namespace imgslim::dockerfile
