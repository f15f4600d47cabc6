// Each process has its own graph of reasons; the report wants one row for each file. A row takes the reason of the
// process in which the file is surest, the first such process among equals. Along a chain of rows the pair (tier,
// process) never grows, and within one process reasons form a forest, so chains of rows cannot close a circle. A
// process that another one executes hangs below it: only rows of earlier processes that are at least as sure serve for
// that.
#include "runtime/merge_uses.h"

#include <algorithm>
#include <unordered_map>

namespace imgslim::runtime {
namespace {

std::string_view role_word(entrypoint::Role role) {
  switch (role) {
    case entrypoint::Role::main:
      return "command";
    case entrypoint::Role::helper:
      return "helper";
    case entrypoint::Role::service:
      return "service";
    case entrypoint::Role::healthcheck:
      return "HEALTHCHECK";
  }
  return "command";
}

class Merger {
 public:
  explicit Merger(const rootfs::FileSystem& files) : files_(files) {}

  void add(const LinkedProcess& process);
  MergedUses take() { return std::move(merged_); }

 private:
  /// What of a chain of steps tells how the process came to be.
  struct Origin {
    UseIndex from = no_use;
    std::string via, detail;
  };

  UseIndex row_of(const Node& node);
  void set_reason(UseIndex index, const Node& node, const LinkedProcess& process, const std::vector<UseIndex>& rows);
  [[nodiscard]] Origin origin(const LinkedProcess& linked, Tier tier) const;

  const rootfs::FileSystem& files_;
  MergedUses merged_;
  std::unordered_map<rootfs::FileId, UseIndex> index_;
  std::vector<std::uint32_t> reason_process_;  // per row: whose reason it shows
  std::uint32_t process_ = 0;
};

constexpr std::uint32_t no_process = UINT32_MAX;

UseIndex Merger::row_of(const Node& node) {
  const auto [place, added] = index_.try_emplace(node.file.file, static_cast<UseIndex>(merged_.files.size()));
  if (added) {
    merged_.files.emplace_back();
    merged_.files.back().file = node.file.file;
    merged_.files.back().path = node.file.path;
    merged_.files.back().use = node.use;
    reason_process_.push_back(no_process);
  }
  return place->second;
}

/// The last step before the process's own files that an earlier process made a row of.
Merger::Origin Merger::origin(const LinkedProcess& linked, Tier tier) const {
  Origin result;
  const auto& chain = linked.process.chain;
  for (const auto& step : chain) {
    if (!result.detail.empty()) result.detail += " → ";
    result.detail += step.how;
    if (!step.path.empty()) result.detail += " " + step.path;
  }
  result.via = chain.empty() ? std::string(role_word(linked.process.role)) : chain.front().how;
  for (auto step = chain.rbegin(); step != chain.rend(); ++step) {
    const auto found = files_.find(step->path);
    if (!found || linked.graph.find(found->file) != no_node) continue;
    const auto row = index_.find(found->file);
    if (row == index_.end() || reason_process_[row->second] >= process_ || merged_.files[row->second].tier > tier)
      continue;
    result.from = row->second;
    result.via = step == chain.rbegin() ? step->how : std::prev(step)->how;
    break;
  }
  return result;
}

void Merger::set_reason(UseIndex index, const Node& node, const LinkedProcess& process,
                        const std::vector<UseIndex>& rows) {
  auto& row = merged_.files[index];
  if (reason_process_[index] != no_process && node.reason.tier >= row.tier) return;
  reason_process_[index] = process_;
  row.tier = node.reason.tier;
  row.assumed = node.assumed;
  row.requested = node.reason.requested;
  row.accessed = node.reason.accessed;
  if (node.from != no_node) {
    row.via = node.reason.via;
    row.detail = node.reason.detail;
    row.from = rows[node.from];
    return;
  }
  auto origin = this->origin(process, node.reason.tier);
  row.via = std::move(origin.via);
  row.detail = std::move(origin.detail);
  row.from = origin.from;
}

void Merger::add(const LinkedProcess& process) {
  std::vector<UseIndex> rows;
  for (const auto& node : process.graph.nodes()) rows.push_back(row_of(node));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    set_reason(rows[i], process.graph.nodes()[i], process, rows);
    auto& row = merged_.files[rows[i]];
    row.processes.push_back(process_);
    if (process.graph.nodes()[i].use == plugins::Use::object) row.use = plugins::Use::object;
  }
  auto& objects = merged_.objects.emplace_back();
  for (const auto node : process.object_nodes) objects.push_back(rows[node]);
  ++process_;
}

}  // namespace

MergedUses merge_uses(const rootfs::FileSystem& files, const std::vector<LinkedProcess>& processes) {
  Merger merger(files);
  for (const auto& process : processes) merger.add(process);
  return merger.take();
}

}  // namespace imgslim::runtime
