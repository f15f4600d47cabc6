#pragma once

#include "analysis/analysis.h"
#include "imgslim/report.h"

namespace imgslim::analysis {

/// The report of an analysis, made on at most `threads` threads: every number is taken or summed from it, none is new.
[[nodiscard]] Report make_report(const Analysis& analysis, unsigned threads);

/// The instruction of a layer as reports show it.
[[nodiscard]] ReportInstruction instruction_of(const Analysis& analysis, tree::LayerIndex layer);

/// Rows of Report::packages, with the index of each owned package's row; packages without a file have none.
struct PackageRows {
  std::vector<ReportPackage> rows;
  std::vector<std::optional<std::uint32_t>> row_of_package;
};
[[nodiscard]] PackageRows package_rows(const Analysis& analysis);

}  // namespace imgslim::analysis
