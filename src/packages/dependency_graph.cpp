// Two walks over one graph. Keeping goes down: from wanted packages over relations to all packages that satisfy them
// (apt-pkg/depcache.cc, MarkRequired). Removal goes up: a relation whose last package goes takes those that state it.
// Relations are shared between packages, and each walk looks at each of them once, so both are linear.
#include "packages/dependency_graph.h"

namespace imgslim::packages {
namespace {

using Id = DependencyGraph::Id;
using ChoiceId = DependencyGraph::ChoiceId;

std::vector<bool> as_set(const DependencyGraph& graph, const std::vector<Id>& ids) {
  std::vector<bool> set(graph.nodes.size(), false);
  for (const auto id : ids) set[id] = true;
  return set;
}

std::vector<Id> as_list(const std::vector<bool>& set) {
  std::vector<Id> ids;
  for (Id id = 0; id < set.size(); ++id)
    if (set[id]) ids.push_back(id);
  return ids;
}

class KeepWalk {
 public:
  KeepWalk(const DependencyGraph& graph, Follow follow, const std::vector<Id>& gone)
      : graph_(graph),
        follow_(follow),
        gone_(as_set(graph, gone)),
        kept_(graph.nodes.size(), false),
        seen_(graph.choices.size(), false) {}

  std::vector<bool> run() && {
    for (Id id = 0; id < graph_.nodes.size(); ++id)
      if (graph_.nodes[id].wanted) keep(id);
    while (!open_.empty()) {
      const auto& node = graph_.nodes[open_.back()];
      open_.pop_back();
      keep_all(node.depends);
      if (follow_ >= Follow::recommends) keep_all(node.recommends);
      if (follow_ >= Follow::suggests) keep_all(node.suggests);
    }
    return std::move(kept_);
  }

 private:
  void keep(Id id) {
    if (kept_[id] || gone_[id]) return;
    kept_[id] = true;
    open_.push_back(id);
  }

  void keep_all(const std::vector<ChoiceId>& choices) {
    for (const auto choice : choices) {
      if (seen_[choice]) continue;
      seen_[choice] = true;
      for (const auto id : graph_.choices[choice]) keep(id);
    }
  }

  const DependencyGraph& graph_;
  Follow follow_;
  std::vector<bool> gone_, kept_, seen_;
  std::vector<Id> open_;
};

class RemovalWalk {
 public:
  explicit RemovalWalk(const DependencyGraph& graph)
      : graph_(graph),
        left_(graph.choices.size(), 0),
        choices_of_(graph.nodes.size()),
        dependents_of_(graph.choices.size()) {
    for (ChoiceId choice = 0; choice < graph.choices.size(); ++choice) {
      left_[choice] = graph.choices[choice].size();
      for (const auto id : graph.choices[choice]) choices_of_[id].push_back(choice);
    }
    for (Id id = 0; id < graph.nodes.size(); ++id)
      for (const auto choice : graph.nodes[id].depends) dependents_of_[choice].push_back(id);
  }

  std::vector<Id> run(const std::vector<Id>& packages) && {
    std::vector<bool> gone(graph_.nodes.size(), false);
    std::vector<Id> open;
    const auto remove = [&](Id id) {
      if (gone[id]) return;
      gone[id] = true;
      open.push_back(id);
    };
    for (const auto id : packages) remove(id);
    while (!open.empty()) {
      const auto id = open.back();
      open.pop_back();
      for (const auto choice : choices_of_[id])
        if (--left_[choice] == 0)
          for (const auto dependent : dependents_of_[choice]) remove(dependent);
    }
    return as_list(gone);
  }

 private:
  const DependencyGraph& graph_;
  std::vector<std::size_t> left_;  // packages of a choice that are still there
  std::vector<std::vector<ChoiceId>> choices_of_;
  std::vector<std::vector<Id>> dependents_of_;
};

/// Members of `wide` that `narrow` lacks.
std::vector<Id> difference(const std::vector<bool>& wide, const std::vector<bool>& narrow) {
  std::vector<Id> ids;
  for (Id id = 0; id < wide.size(); ++id)
    if (wide[id] && !narrow[id]) ids.push_back(id);
  return ids;
}

}  // namespace

std::vector<bool> find_kept(const DependencyGraph& graph, Follow follow, const std::vector<Id>& gone) {
  if (graph.cut) return std::vector<bool>(graph.nodes.size(), true);
  return KeepWalk(graph, follow, gone).run();
}

std::vector<Id> find_only_recommended(const DependencyGraph& graph) {
  return difference(find_kept(graph, Follow::recommends), find_kept(graph, Follow::depends));
}

std::vector<Id> find_orphans(const DependencyGraph& graph, Follow follow) {
  return difference(std::vector<bool>(graph.nodes.size(), true), find_kept(graph, follow));
}

std::vector<Id> find_dependents(const DependencyGraph& graph, const std::vector<Id>& packages) {
  return RemovalWalk(graph).run(packages);
}

std::vector<Id> find_removal(const DependencyGraph& graph, const std::vector<Id>& packages) {
  auto removed = find_dependents(graph, packages);
  const auto before = find_kept(graph, Follow::recommends);
  auto gone = as_set(graph, removed);
  for (const auto id : difference(before, find_kept(graph, Follow::recommends, removed))) gone[id] = true;
  return as_list(gone);
}

}  // namespace imgslim::packages
