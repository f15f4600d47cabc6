#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "imgslim/result.h"
#include "imgslim/units.h"

namespace imgslim {

/// "254.2 MB", "1.1 KiB", "812 B"; one decimal above the first unit, never more than 8 characters in SI.
[[nodiscard]] std::string format_bytes(std::uint64_t bytes, Units units);

/// Like format_bytes with a leading "+" or "-".
[[nodiscard]] std::string format_byte_change(std::int64_t bytes, Units units);

/// "20MB" = 20'000'000, "20MiB" = 20 * 2^20, "20" = 20, "1.5 GB"; units are case-insensitive (kB, K = 1000). An unknown
/// unit, a sign or an overflow is a usage error.
Result<std::uint64_t> parse_byte_count(std::string_view text);

/// "si", "iec" or "bytes".
Result<Units> parse_units(std::string_view text);

}  // namespace imgslim
