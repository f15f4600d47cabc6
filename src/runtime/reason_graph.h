#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "core/tier.h"
#include "plugins/rule.h"
#include "rootfs/file_system.h"

/// Who brings in whom within one process, with the surest way to each file.
namespace imgslim::runtime {

using NodeIndex = std::uint32_t;  ///< position in ReasonGraph::nodes(), order of discovery
inline constexpr NodeIndex no_node = UINT32_MAX;

/// Why a file is used.
struct Reason {
  Tier tier = Tier::certain;  ///< of the step alone; a node's is that of its whole chain
  std::string_view via;       ///< outlives the graph: literals and plugins::via_name
  std::string requested;      ///< the name asked for
  std::string detail;         ///< the evidence
  std::string accessed;       ///< the path by which it is opened, symlinks unresolved
};

struct Node {
  rootfs::Found file;
  plugins::Use use = plugins::Use::object;
  NodeIndex from = no_node;  ///< no_node: a root
  Reason reason;             ///< of the surest way known so far
  bool assumed = false;
};

/// Files as nodes, "brings in" as edges. A node's tier is the weakest of the surest chain to it: a minimax path. Chains
/// end at a root, whatever the edges: a reason changes only for a strictly surer one.
class ReasonGraph {
 public:
  /// A file that is there without another's doing. Returns its node; the surer of two reasons stays.
  NodeIndex add_root(const rootfs::Found& file, plugins::Use use, Reason reason);
  /// `from` brings in `file`. Returns its node.
  NodeIndex connect(NodeIndex from, const rootfs::Found& file, plugins::Use use, Reason reason);
  /// The node of a file, or no_node.
  [[nodiscard]] NodeIndex find(rootfs::FileId file) const;
  [[nodiscard]] const std::vector<Node>& nodes() const { return nodes_; }
  [[nodiscard]] Node& at(NodeIndex node) { return nodes_[node]; }
  [[nodiscard]] Tier tier(NodeIndex node) const { return nodes_[node].reason.tier; }
  /// Grows with every new node, edge and improvement: unchanged when nothing was learnt.
  [[nodiscard]] std::uint64_t changes() const { return changes_; }

 private:
  struct Edge {
    NodeIndex to;
    Reason reason;
  };

  NodeIndex node_of(const rootfs::Found& file, plugins::Use use);
  void relax(NodeIndex start);
  bool improve(NodeIndex from, const Edge& edge);

  std::vector<Node> nodes_;
  std::vector<std::vector<Edge>> edges_;  // per node
  std::unordered_map<rootfs::FileId, NodeIndex> index_;
  std::set<std::tuple<NodeIndex, NodeIndex, Tier, std::string_view>> known_;
  std::vector<bool> reached_;
  std::uint64_t changes_ = 0;
};

}  // namespace imgslim::runtime
