// A lock is read by people in reviews: one line for a layer and a package, sorted so that a new package is a new line,
// nothing that changes without the image changing in size or content. Layers keep their diff_id, by which a comparison
// knows them again.
#include "report/lock.h"

#include <algorithm>
#include <tuple>

namespace imgslim::report {

LockFile lock_of(const Report& report) {
  const auto& totals = report.totals;
  LockFile lock{report.image.reference, report.image.platform, report.tool.version, {}, {}, {}};
  lock.totals = {totals.files,
                 totals.payload_bytes,
                 totals.visible_bytes,
                 totals.wasted_bytes,
                 totals.stored_bytes,
                 totals.duplicate_bytes,
                 totals.compressed_bytes,
                 totals.compressed_bytes_estimate,
                 {},
                 {}};
  if (report.memory) {
    lock.totals.rss_bytes = report.memory->startup.rss_bytes.estimate;
    lock.totals.sharing_lost_bytes = report.memory->sharing.lost_bytes;
  }
  for (const auto& layer : report.layers)
    lock.layers.push_back(
        {layer.diff_id, layer.instruction.text, layer.instruction.kind, layer.payload_bytes, layer.compressed_bytes});
  for (const auto& package : report.packages)
    lock.packages.push_back(
        {package.manager, package.name, package.version, package.architecture, package.visible_bytes});
  const auto key = [](const LockPackage& package) {
    return std::tie(package.manager, package.name, package.version, package.architecture, package.visible_bytes);
  };
  std::sort(lock.packages.begin(), lock.packages.end(), [&](const auto& a, const auto& b) { return key(a) < key(b); });
  return lock;
}

Report report_of(const LockFile& lock) {
  Report report;
  report.image.reference = lock.reference;
  report.image.source = "lock";
  report.image.platform = lock.platform;
  report.tool.version = lock.tool_version;
  auto& totals = report.totals;
  totals.layers = lock.layers.size();
  totals.files = lock.totals.files;
  totals.payload_bytes = lock.totals.payload_bytes;
  totals.visible_bytes = lock.totals.visible_bytes;
  totals.wasted_bytes = lock.totals.wasted_bytes;
  totals.stored_bytes = lock.totals.stored_bytes;
  totals.duplicate_bytes = lock.totals.duplicate_bytes;
  totals.compressed_bytes = lock.totals.compressed_bytes;
  totals.compressed_bytes_estimate = lock.totals.compressed_bytes_estimate;
  for (const auto& row : lock.layers) {
    ReportLayer layer;
    layer.index = static_cast<std::uint32_t>(report.layers.size());
    layer.diff_id = row.diff_id;
    layer.payload_bytes = row.payload_bytes;
    layer.compressed_bytes = row.compressed_bytes;
    layer.instruction.text = row.instruction;
    layer.instruction.kind = row.kind;
    report.layers.push_back(std::move(layer));
  }
  for (const auto& row : lock.packages) {
    ReportPackage package;
    std::tie(package.manager, package.name, package.version, package.architecture, package.visible_bytes) =
        std::tie(row.manager, row.name, row.version, row.architecture, row.visible_bytes);
    report.packages.push_back(std::move(package));
  }
  if (lock.totals.rss_bytes) {
    auto& memory = report.memory.emplace();
    memory.startup.rss_bytes.estimate = *lock.totals.rss_bytes;
    memory.sharing.lost_bytes = lock.totals.sharing_lost_bytes.value_or(0);
  }
  return report;
}

}  // namespace imgslim::report
