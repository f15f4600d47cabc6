#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "shell/basic_regex.h"

namespace imgslim::shell {

/// sed's s/PATTERN/REPLACEMENT/ with its flags g and p.
struct Replacement {
  BasicRegex regex;
  std::string text;  ///< as written: "&", "\\1" and escapes are in it
  bool all = false, prints = false;
};

/// Nothing for other commands of sed, other flags, and patterns that BasicRegex refuses.
[[nodiscard]] std::optional<Replacement> read_replacement(std::string_view expression, BasicRegex::Grammar grammar);

struct Replaced {
  std::string line;
  bool found = false;
};
/// Nothing when it takes too long to tell, or the line becomes longer than `longest_value`.
[[nodiscard]] std::optional<Replaced> replace_in(std::string_view line, const Replacement& replacement);

}  // namespace imgslim::shell
