#pragma once

#include <cstddef>
#include <string>

#include "imgslim/diff.h"
#include "imgslim/libraries.h"
#include "imgslim/measure.h"
#include "imgslim/report.h"
#include "imgslim/why.h"
#include "report/lock_fields.h"

namespace imgslim::report {

inline constexpr const char* report_schema = "imgslim.report/1";
inline constexpr const char* why_schema = "imgslim.why/1";
inline constexpr const char* libraries_schema = "imgslim.libs/1";
inline constexpr const char* memory_schema = "imgslim.memory/1";
inline constexpr const char* diff_schema = "imgslim.diff/1";
inline constexpr const char* lock_schema = "imgslim.lock/1";
inline constexpr const char* measure_schema = "imgslim.measure/1";

/// `imgslim.report/1`. With `top` > 0 waste, packages, paths, classes, duplicates and the files of `runtime` keep their
/// first `top` rows each and `omitted` counts the rest; totals never change.
[[nodiscard]] std::string write_report_json(const Report& report, std::size_t top);

/// `imgslim.libs/1`.
[[nodiscard]] std::string write_libraries_json(const LibrariesAnswer& answer);

/// `imgslim.memory/1`.
[[nodiscard]] std::string write_memory_json(const MemoryAnswer& answer);

/// `imgslim.measure/1`.
[[nodiscard]] std::string write_measure_json(const MeasureAnswer& answer);

/// `imgslim.diff/1`.
[[nodiscard]] std::string write_comparison_json(const Comparison& comparison);

/// `imgslim.lock/1`.
[[nodiscard]] std::string write_lock_json(const LockFile& lock);

/// `imgslim.why/1`.
[[nodiscard]] std::string write_why_json(const WhyAnswer& answer);

}  // namespace imgslim::report
