// The surest chain to each file is a shortest path whose length is the maximum of its steps. With four tiers a node
// improves at most three times, so plain relaxation over a work list is linear in the edges. A reason is replaced only
// by a strictly surer one: were the reasons to form a cycle, the last one set would be surer than the node that it came
// from.
#include "runtime/reason_graph.h"

#include <utility>

namespace imgslim::runtime {
namespace {

/// The linker's view of a file wins over a process's, which wins over an interpreter's.
int precedence(plugins::Use use) {
  switch (use) {
    case plugins::Use::object:
      return 0;
    case plugins::Use::program:
      return 1;
    case plugins::Use::source:
      return 2;
    case plugins::Use::data:
      return 3;
  }
  return 3;
}

}  // namespace

NodeIndex ReasonGraph::find(rootfs::FileId file) const {
  const auto found = index_.find(file);
  return found == index_.end() ? no_node : found->second;
}

NodeIndex ReasonGraph::node_of(const rootfs::Found& file, plugins::Use use) {
  const auto [place, added] = index_.try_emplace(file.file, static_cast<NodeIndex>(nodes_.size()));
  if (added) {
    nodes_.push_back({file, use, no_node, {}, false});
    edges_.emplace_back();
    reached_.push_back(false);
    ++changes_;
  } else if (precedence(use) < precedence(nodes_[place->second].use)) {
    nodes_[place->second].use = use;
    ++changes_;
  }
  return place->second;
}

bool ReasonGraph::improve(NodeIndex from, const Edge& edge) {
  auto& node = nodes_[edge.to];
  const auto tier = from == no_node ? edge.reason.tier : weaker(nodes_[from].reason.tier, edge.reason.tier);
  if (reached_[edge.to] && tier >= node.reason.tier) return false;
  reached_[edge.to] = true;
  node.from = from;
  node.reason = edge.reason;
  node.reason.tier = tier;
  ++changes_;
  return true;
}

void ReasonGraph::relax(NodeIndex start) {
  std::vector<NodeIndex> open{start};
  while (!open.empty()) {
    const auto node = open.back();
    open.pop_back();
    for (const auto& edge : edges_[node])
      if (improve(node, edge)) open.push_back(edge.to);
  }
}

NodeIndex ReasonGraph::add_root(const rootfs::Found& file, plugins::Use use, Reason reason) {
  const auto node = node_of(file, use);
  if (improve(no_node, {node, std::move(reason)})) relax(node);
  return node;
}

NodeIndex ReasonGraph::connect(NodeIndex from, const rootfs::Found& file, plugins::Use use, Reason reason) {
  const auto to = node_of(file, use);
  if (from == to || !known_.emplace(from, to, reason.tier, reason.via).second) return to;
  ++changes_;
  edges_[from].push_back({to, std::move(reason)});
  if (improve(from, edges_[from].back())) relax(to);
  return to;
}

}  // namespace imgslim::runtime
