#include "budget/measure.h"

#include <algorithm>
#include <set>

#include "rules/matcher.h"

namespace imgslim::budget {
namespace {

std::optional<std::uint64_t> rss_bytes(const Report& report) {
  if (!report.memory) return std::nullopt;
  return report.memory->startup.rss_bytes.estimate;
}

/// unpacked, pull, wasted or rss of a report.
Measured total(const Report& report, const std::string& name) {
  const auto& totals = report.totals;
  Measured measured;
  if (name == "unpacked") measured.value = totals.payload_bytes;
  if (name == "wasted") measured.value = totals.wasted_bytes;
  if (name == "rss") measured.value = rss_bytes(report);
  if (name == "pull") {
    measured.estimated = !totals.compressed_bytes;
    measured.value = totals.compressed_bytes ? totals.compressed_bytes : totals.compressed_bytes_estimate;
  }
  return measured;
}

Measured growth(const Report& report, const std::string& name, const JudgeInputs& inputs) {
  auto measured = total(report, name);
  measured.subject = name;
  if (!inputs.baseline) return measured;
  const auto before = total(*inputs.baseline, name);
  measured.baseline = before.value;
  measured.whole = before.value.value_or(0);
  measured.estimated = measured.estimated || before.estimated;
  return measured;
}

Measured largest_layer(const Report& report) {
  Measured measured;
  measured.value = 0;
  for (const auto& layer : report.layers) {
    if (layer.payload_bytes <= *measured.value) continue;
    measured.value = layer.payload_bytes;
    measured.subject = std::to_string(std::uint64_t{layer.index} + 1);
    if (!layer.instruction.text.empty()) measured.subject += " (" + layer.instruction.text.substr(0, 80) + ")";
  }
  return measured;
}

/// A package by its name, or by "manager:name"; all its versions together.
Measured package(const Report& report, const std::string& name) {
  Measured measured;
  measured.subject = name;
  measured.value = 0;
  for (const auto& package : report.packages)
    if (package.name == name || package.manager + ":" + package.name == name) *measured.value += package.visible_bytes;
  return measured;
}

std::string clean_glob(const std::string& glob) {
  auto clean = glob.substr(std::min(glob.find_first_not_of('/'), glob.size()));
  while (clean.ends_with('/')) clean.pop_back();
  return clean;
}

/// Bytes of all that the glob matches, and of what lies in a directory that it matches; each inode once. A report alone
/// knows directories only.
Measured paths(const Report& report, const BudgetLimit& limit, const TreeView* tree) {
  const auto glob = clean_glob(limit.subject);
  const rules::GlobSet globs({glob, glob + "/**"});
  Measured measured;
  measured.subject = limit.subject;
  measured.value = 0;
  if (tree) {
    std::set<std::uint64_t> inodes;
    std::uint64_t bytes = 0;
    for (const auto& row : tree->rows) {
      if (row.visible_bytes == 0 || globs.matches(row.path).empty()) continue;
      if (row.links < 2 || inodes.insert(row.inode).second) bytes += row.visible_bytes;
    }
    measured.value = bytes;
    return measured;
  }
  for (const auto& path : report.paths)
    if (!globs.matches(path.path).empty()) *measured.value += path.own_visible_bytes;
  return measured;
}

}  // namespace

Measured measure(const Report& report, const BudgetLimit& limit, const JudgeInputs& inputs) {
  if (limit.name == "growth") return growth(report, limit.subject, inputs);
  if (limit.name == "layer") return largest_layer(report);
  if (limit.name == "path") return paths(report, limit, inputs.tree);
  if (limit.name == "package") return package(report, limit.subject);
  auto measured = total(report, limit.name);
  measured.whole = report.totals.payload_bytes;
  if (limit.name == "wasted-mine") {
    measured.value = report.base.wasted_bytes.mine;
    measured.whole = report.base.user_bytes;
  }
  if (limit.name == "sharing-lost" && report.memory) measured.value = report.memory->sharing.lost_bytes;
  if (limit.name == "layers") {
    measured.value = report.totals.layers;
    measured.unit = "count";
  }
  return measured;
}

}  // namespace imgslim::budget
