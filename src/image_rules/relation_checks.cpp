// What of the packages would not be there if the author had asked for less. The database's own relations say it, and a
// package that the program uses stays, with all that it depends on: nothing is offered that would break the image.
#include "image_rules/relation_checks.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "attribution/package_relations.h"
#include "image_rules/entry_finding.h"
#include "image_rules/layer_checks.h"
#include "image_rules/package_checks.h"
#include "tree/visit.h"

namespace imgslim::image_rules {
namespace {

using attribution::PackageRelations;
using packages::DependencyGraph;
using packages::Follow;
using tree::EntryId;
using tree::LayerIndex;
using Id = DependencyGraph::Id;

/// Per node of the graph: whether the closure has a file of it.
std::vector<bool> reached_nodes(const ImageFacts& image, const PackageRelations& relations) {
  const auto packages = reached_packages(image);
  std::vector<bool> reached;
  for (const auto owner : relations.owners) reached.push_back(owner != attribution::no_package && packages[owner]);
  return reached;
}

std::vector<bool> as_packages(const ImageFacts& image, const PackageRelations& relations,
                              const std::vector<Id>& nodes) {
  std::vector<bool> packages(image.owners.packages.size(), false);
  for (const auto node : nodes)
    if (relations.owners[node] != attribution::no_package) packages[relations.owners[node]] = true;
  return packages;
}

/// Data that programs read and no closure sees.
bool is_read_unseen(std::string_view name) { return name == "ca-certificates" || name == "tzdata"; }

std::string joined(const std::set<std::string>& names) {
  std::string text;
  for (const auto& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

std::optional<Id> node_named(const PackageRelations& relations, std::string_view name) {
  for (Id id = 0; id < relations.system.nodes.size(); ++id)
    if (relations.system.nodes[id].name == name && relations.owners[id] != attribution::no_package) return id;
  return std::nullopt;
}

/// Whether the text has one of the words that stand for a command of a package manager.
template <std::size_t size>
bool says(const std::string& text, const std::array<std::string_view, size>& words) {
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view word) { return text.find(word) != std::string::npos; });
}

std::vector<Id> virtual_packages(const PackageRelations& relations) {
  std::vector<Id> nodes;
  if (relations.manager != "apk") return nodes;
  for (Id id = 0; id < relations.system.nodes.size(); ++id)
    if (relations.system.nodes[id].name.starts_with('.')) nodes.push_back(id);
  return nodes;
}

}  // namespace

std::vector<ImageFinding> check_only_recommended(const CheckContext& context) {
  const auto& image = context.image;
  const auto& relations = image.relations;
  if (!relations.knows_wanted) return {};
  const auto reached = reached_nodes(image, relations);
  auto graph = relations.system;
  std::set<std::string> used;
  for (const auto id : packages::find_only_recommended(graph)) {
    auto& node = graph.nodes[id];
    node.wanted = reached[id] || is_read_unseen(node.name);
    if (node.wanted) used.insert(node.name);
  }
  auto findings =
      package_findings(context, as_packages(image, relations, packages::find_only_recommended(graph)), Basis::measured);
  if (used.empty()) return findings;
  for (auto& finding : findings) {
    finding.keep.assign(used.begin(), used.end());
    finding.advice = "Add --no-install-recommends, and of these name what the program uses: " + joined(used) + ".";
  }
  return findings;
}

std::vector<ImageFinding> check_unreached_packages(const CheckContext& context) {
  const auto& image = context.image;
  const auto& relations = image.relations;
  const auto reach = reach_of(image);
  if (relations.manager.empty() || reach == Reach::unknown) return {};
  auto graph = relations.system;
  const auto reached = reached_nodes(image, relations);
  for (Id id = 0; id < graph.nodes.size(); ++id) {
    const bool is_base = relations.owners[id] == attribution::no_package ||
                         !image.is_mine(image.owners.packages[relations.owners[id]].layer.value_or(0));
    graph.nodes[id].wanted = reached[id] || is_base || is_read_unseen(graph.nodes[id].name);
  }
  const auto orphans = packages::find_orphans(graph, Follow::depends);
  auto findings = package_findings(context, as_packages(image, relations, orphans), Basis::estimated);
  for (auto& finding : findings) finding.as_traced = reach == Reach::traced;
  return findings;
}

std::vector<ImageFinding> check_orphans(const CheckContext& context) {
  const auto& image = context.image;
  if (!image.relations.knows_wanted) return {};
  const bool docker = image.tree().find("etc/apt/apt.conf.d/docker-autoremove-suggests") != tree::Node::none;
  const auto orphans = packages::find_orphans(image.relations.system, docker ? Follow::recommends : Follow::suggests);
  return package_findings(context, as_packages(image, image.relations, orphans), Basis::measured);
}

std::vector<ImageFinding> check_removed_late(const CheckContext& context) {
  const auto& image = context.image;
  auto findings = check_deleted(context);
  const auto removal = packages::find_removal(image.relations.system, virtual_packages(image.relations));
  for (auto& finding : package_findings(context, as_packages(image, image.relations, removal), Basis::measured)) {
    finding.message = "packages that are there for a build (apk add --virtual) are left in layer " +
                      std::to_string(*finding.layer + 1);
    finding.advice = "apk del the virtual package in the same RUN, or build in a stage of its own.";
    findings.push_back(std::move(finding));
  }
  return findings;
}

std::vector<ImageFinding> check_curl_and_wget(const CheckContext& context) {
  const auto& image = context.image;
  const auto& relations = image.relations;
  const auto curl = node_named(relations, "curl"), wget = node_named(relations, "wget");
  if (!curl || !wget) return {};
  const auto reached = reached_nodes(image, relations);
  std::vector<ImageFinding> cheapest;
  for (const auto node : {*curl, *wget}) {
    const auto removal = packages::find_removal(relations.system, {node});
    const bool is_used = std::any_of(removal.begin(), removal.end(), [&](Id id) { return reached[id]; });
    if (is_used) continue;
    auto findings = package_findings(context, as_packages(image, relations, removal), Basis::measured);
    if (findings.size() != 1) continue;
    findings[0].path.clear();
    findings[0].advice = "Keep one of them: without " + relations.system.nodes[node].name + " this much goes.";
    if (cheapest.empty() || findings[0].claims.sum().bytes < cheapest[0].claims.sum().bytes)
      cheapest = std::move(findings);
  }
  return cheapest;
}

std::vector<ImageFinding> check_health_check_tools(const CheckContext& context) {
  const auto& image = context.image;
  const auto& relations = image.relations;
  std::vector<bool> elsewhere(image.owners.packages.size(), false);
  std::set<attribution::PackageIndex> tools;
  for (const auto& file : image.closure.files) {
    const auto owner = attribution::owner_of(image.owners, image.tree(), file.path);
    if (owner == attribution::no_package) continue;
    for (const auto index : file.processes) {
      const auto& process = image.closure.processes[index].process;
      if (process.role != entrypoint::Role::healthcheck) elsewhere[owner] = true;
      if (process.role == entrypoint::Role::healthcheck && process.program.file == file.file) tools.insert(owner);
    }
  }
  // What other processes use stays, whatever brought it.
  auto graph = relations.system;
  for (Id id = 0; id < graph.nodes.size(); ++id)
    graph.nodes[id].wanted =
        graph.nodes[id].wanted || (relations.owners[id] != attribution::no_package && elsewhere[relations.owners[id]]);
  std::vector<ImageFinding> findings;
  for (Id id = 0; id < graph.nodes.size(); ++id) {
    if (!tools.contains(relations.owners[id]) || elsewhere[relations.owners[id]]) continue;
    const auto removal = as_packages(image, relations, packages::find_removal(graph, {id}));
    bool is_used = false;
    for (std::size_t at = 0; at < removal.size(); ++at) is_used = is_used || (removal[at] && elsewhere[at]);
    if (is_used) continue;
    for (auto& finding : package_findings(context, removal, Basis::measured)) findings.push_back(std::move(finding));
  }
  return findings;
}

std::vector<ImageFinding> check_upgraded(const CheckContext& context) {
  constexpr std::array<std::string_view, 8> upgrades{"apt-get upgrade", "apt-get -y upgrade", "dist-upgrade",
                                                     "full-upgrade",    "apk upgrade",        "dnf upgrade",
                                                     "dnf update",      "yum update"};
  const auto& image = context.image;
  const auto& tree = image.tree();
  std::map<LayerIndex, std::vector<EntryId>> groups;
  tree::for_each_entry(tree, [&](EntryId id, LayerIndex layer, const layer::Entry&) {
    const auto& fate = tree.fate(id);
    const LayerIndex cause = fate.cause_layer;
    if (fate.fate != tree::Fate::overwritten || image.is_mine(layer) || !image.is_mine(cause)) return;
    if (!says(image.step_of(cause).text, upgrades)) return;
    const auto node = tree.find(tree.entry_path(id));
    if (node == tree::Node::none || tree.node(node).entry == tree::Node::implied) return;
    const auto copy = tree.inode_of(tree.node(node).entry);
    if (tree.layer_of(copy) == cause) groups[cause].push_back(copy);
  });
  std::vector<ImageFinding> findings;
  for (auto& [layer, entries] : groups) {
    auto finding = entry_finding(context.image, layer, std::move(entries));
    if (is_large_enough(context, finding)) findings.push_back(std::move(finding));
  }
  for (auto& finding : findings) finding.basis = Basis::estimated;
  return findings;
}

}  // namespace imgslim::image_rules
