#pragma once

#include <cstdint>
#include <string>
#include <vector>

/// Which installed packages need which, whatever the package manager.
namespace imgslim::packages {

/// The installed packages and what they want of each other, resolved. Ids are positions in `nodes`.
struct DependencyGraph {
  using Id = std::uint32_t;
  using ChoiceId = std::uint32_t;

  struct Node {
    std::string name, architecture;
    /// Stays for its own sake: somebody asked for it, or the distribution holds it to be essential.
    bool wanted = true;
    std::vector<ChoiceId> depends, recommends, suggests;
  };

  std::vector<Node> nodes;  ///< in the order of the database
  /// The installed packages any of which satisfies one relation; empty when none does. Packages share them.
  std::vector<std::vector<Id>> choices;
  /// More relations than a real system has: some were left out, so nothing can be said to be without need.
  bool cut = false;
};

/// How far a package's wishes keep others: over Depends alone, over Recommends too, over Suggests too.
enum class Follow : std::uint8_t { depends, recommends, suggests };

/// Per node: whether it is wanted or reached from a wanted one. Every installed package that satisfies a relation is
/// reached over it, as apt's autoremove does it. `gone` (ids) are taken as not installed.
[[nodiscard]] std::vector<bool> find_kept(const DependencyGraph& graph, Follow follow,
                                          const std::vector<DependencyGraph::Id>& gone = {});

/// What an installation without Recommends would lack: reached over Recommends, not over Depends. Ascending.
[[nodiscard]] std::vector<DependencyGraph::Id> find_only_recommended(const DependencyGraph& graph);

/// What apt's autoremove would remove: not reached by what `follow` follows. apt's own default is Suggests, Docker's
/// base images set it to Recommends (docker-autoremove-suggests). Ascending.
[[nodiscard]] std::vector<DependencyGraph::Id> find_orphans(const DependencyGraph& graph,
                                                            Follow follow = Follow::suggests);

/// `packages` and all that cannot stay without them: a relation of Depends has no package left. Ascending.
[[nodiscard]] std::vector<DependencyGraph::Id> find_dependents(const DependencyGraph& graph,
                                                               const std::vector<DependencyGraph::Id>& packages);

/// All that goes when `packages` go: find_dependents() and what was kept over Depends or Recommends for their sake
/// alone. Ascending.
[[nodiscard]] std::vector<DependencyGraph::Id> find_removal(const DependencyGraph& graph,
                                                            const std::vector<DependencyGraph::Id>& packages);

}  // namespace imgslim::packages
