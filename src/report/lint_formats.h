#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "imgslim/render_lint.h"

/// The writers behind render_lint.
namespace imgslim::report {

[[nodiscard]] std::string lint_text(const LintReport& report, const RenderOptions& options);
[[nodiscard]] std::string lint_json(const LintReport& report);
[[nodiscard]] std::string lint_sarif(const LintReport& report);
[[nodiscard]] std::string lint_github(const LintReport& report);
[[nodiscard]] std::string lint_azure(const LintReport& report);
[[nodiscard]] std::string lint_gitlab(const LintReport& report);
[[nodiscard]] std::string lint_gcc(const LintReport& report);
[[nodiscard]] std::string lint_checkstyle(const LintReport& report);
[[nodiscard]] std::string lint_junit(const LintReport& report);
[[nodiscard]] std::string lint_rdjson(const LintReport& report);
[[nodiscard]] std::string lint_markdown(const LintReport& report);

/// The line of that number, from 1, without its end.
[[nodiscard]] std::string_view source_line(std::string_view text, std::uint32_t number);

/// "saves 12.2 MB unpacked, 4.1 MB of the pull, 1.0 MB RSS at start (estimated)"; "" when the finding is not about
/// bytes.
[[nodiscard]] std::string saving_text(const FindingSaving& saving, Units units);

/// The message, and what its fix saves.
[[nodiscard]] std::string full_message(const ReportFinding& finding);

/// Lines and columns from 1; the end is behind the last byte.
struct TextRegion {
  std::uint64_t line = 1, column = 1, end_line = 1, end_column = 2;
};
[[nodiscard]] TextRegion region_of(const FindingLocation& at);
[[nodiscard]] TextRegion region_of(std::string_view text, const FindingEdit& edit);

/// Sixteen hexadecimal digits that stay the same when lines are put above a finding: of the rule, the file, the text of
/// the line without blanks, and which of several alike it is.
class Fingerprints {
 public:
  [[nodiscard]] std::string next(const LintedFile& file, const ReportFinding& finding);

 private:
  std::map<std::string, std::uint64_t> seen_;
};

/// Findings by severity.
struct SeverityCounts {
  std::uint64_t errors = 0, warnings = 0, infos = 0, styles = 0;
  [[nodiscard]] std::uint64_t all() const { return errors + warnings + infos + styles; }
};
[[nodiscard]] SeverityCounts count_severities(const LintReport& report);

}  // namespace imgslim::report
