#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>

namespace imgslim {

/// How sure it is that something happens at start. Ascending in doubt: the weakest link of a chain is its maximum.
enum class Tier : std::uint8_t {
  certain,   ///< follows from the command line and the linker's rules alone
  declared,  ///< configuration or metadata says so
  likely,    ///< reached through code that runs on import, or by a script's exec
  possible,  ///< only a name speaks for it: reported, never counted as used
};
inline constexpr std::size_t tier_count = 4;

[[nodiscard]] constexpr std::string_view tier_name(Tier tier) {
  constexpr std::string_view names[] = {"certain", "declared", "likely", "possible"};
  return names[static_cast<std::size_t>(tier)];
}

/// A child is never surer than its parent.
[[nodiscard]] constexpr Tier weaker(Tier a, Tier b) { return std::max(a, b); }

}  // namespace imgslim
