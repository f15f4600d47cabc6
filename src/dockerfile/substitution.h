#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace imgslim::dockerfile {

enum class Match : bool { shortest, longest };

/// ${value#pattern}, ${value##pattern}. In patterns * and ? are wildcards and a backslash takes the meaning of the next
/// of * ? \ / }. Nothing when the pattern is none.
[[nodiscard]] std::optional<std::string> without_prefix(std::string_view value, std::string_view pattern, Match match);
/// ${value%pattern}, ${value%%pattern}.
[[nodiscard]] std::optional<std::string> without_suffix(std::string_view value, std::string_view pattern, Match match);

enum class Occurrences : bool { first, all };
struct Replacing {
  Occurrences occurrences = Occurrences::first;
  std::size_t most_bytes = 0;  ///< the text may end behind that many
};

/// ${value/pattern/replacement} and ${value//pattern/replacement}; the longest match counts.
[[nodiscard]] std::optional<std::string> with_replacement(std::string_view value, std::string_view pattern,
                                                          std::string_view replacement, const Replacing& how);

}  // namespace imgslim::dockerfile
