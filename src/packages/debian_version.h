#pragma once

#include <compare>
#include <string_view>

namespace imgslim::packages {

/// How Debian orders versions (deb-version(7)): "1:1.0~rc1-1" after "2.0", "1.0~rc1" before "1.0". Any text has a
/// place.
[[nodiscard]] std::strong_ordering compare_debian_versions(std::string_view a, std::string_view b);

}  // namespace imgslim::packages
