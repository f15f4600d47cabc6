#pragma once

#include <optional>
#include <string_view>

namespace imgslim::dockerfile {

/// Nanoseconds of a duration as Go writes it: "1h2m3.5s", units h m s ms us µs ns, or a bare 0; nothing for another
/// text.
[[nodiscard]] std::optional<double> parse_duration(std::string_view text);

}  // namespace imgslim::dockerfile
