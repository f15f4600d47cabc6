#pragma once

#include <string>

#include "imgslim/report.h"

namespace imgslim::report {

/// The instruction on one line, safe for a terminal: white space and line continuations become one space. "" when
/// unknown.
[[nodiscard]] std::string one_line(const ReportInstruction& instruction);

/// ":4", or "api.Dockerfile:4" when the file is not `common_file`; "" when no line is known.
[[nodiscard]] std::string line_place(const ReportInstruction& instruction, const std::string& common_file);

/// one_line after its place: ":4  RUN make".
[[nodiscard]] std::string placed_line(const ReportInstruction& instruction, const std::string& common_file);

/// The one file that all layers with a line come from, "" when there is none or more than one.
[[nodiscard]] std::string common_file(const Report& report);

/// The instruction of a layer, an empty one when a report names a layer that it does not list.
[[nodiscard]] const ReportInstruction& instruction_of(const Report& report, std::uint32_t layer);

/// The location, at the instruction of its layer where it has no line itself and that one is known.
[[nodiscard]] FindingLocation at_instruction(const Report& report, FindingLocation at);

/// "deb gcc-12 12.2.0-14", or the bracketed name of a row that is no package.
[[nodiscard]] std::string package_label(const ReportPackage& package);

}  // namespace imgslim::report
