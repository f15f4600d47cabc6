#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/analysis.h"
#include "imgslim/report.h"
#include "rootfs/file_system.h"

/// The run-time closure as reports show it: each used file with the layer and the package that it came by.
namespace imgslim::analysis {

/// What the command loads: its processes, files and their sums.
[[nodiscard]] ReportRuntime runtime_section(const Analysis& analysis);

/// Visible bytes of the objects of tiers certain to likely, per layer.
[[nodiscard]] std::vector<std::uint64_t> mapped_bytes(const Analysis& analysis);

/// A row of the closure.
[[nodiscard]] RuntimeFile used_file_row(const Analysis& analysis, runtime::UseIndex index);

/// The row of a file in the closure, if it has one.
[[nodiscard]] std::optional<runtime::UseIndex> use_of(const Analysis& analysis, rootfs::FileId file);

/// From the program to the file: what led to it, step by step.
[[nodiscard]] std::vector<RuntimeFile> reason_chain(const Analysis& analysis, runtime::UseIndex index);

/// loaded | reachable | unreached | untraced | unknown (ReportPackage::runtime) of a file, by its row of the closure if
/// it has one.
[[nodiscard]] std::string_view file_state(const Analysis& analysis, std::optional<runtime::UseIndex> use);

/// The same of each package, by PackageIndex: that of its most used file.
[[nodiscard]] std::vector<std::string_view> package_states(const Analysis& analysis);

/// The package that owns a used file, or attribution::no_package.
[[nodiscard]] attribution::PackageIndex owner_of(const Analysis& analysis, const runtime::UsedFile& file);

}  // namespace imgslim::analysis
