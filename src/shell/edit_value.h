#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace imgslim::shell {

/// ${V#pattern}, ${V/pattern/replacement}, ${V^^} … with their operands known.
struct Edit {
  std::string_view operation;        ///< as in Part::operation
  std::string pattern, replacement;  ///< pattern.h
};

/// Nothing for operations that are not computed, and for texts so long that it would take too long.
[[nodiscard]] std::optional<std::string> edit_text(std::string_view text, const Edit& edit);

}  // namespace imgslim::shell
