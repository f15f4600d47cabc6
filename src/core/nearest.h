#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace imgslim {

/// The known word nearest to `word` within two edits (Levenshtein), or empty.
std::string_view nearest_word(std::string_view word, std::span<const std::string_view> known);

/// `; did you mean "x"?`, or empty when nothing is near.
std::string did_you_mean(std::string_view word, std::span<const std::string_view> known);

}  // namespace imgslim
