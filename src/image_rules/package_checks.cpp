#include "image_rules/package_checks.h"

#include <algorithm>
#include <map>

#include "image_rules/entry_finding.h"
#include "rules/matcher.h"
#include "tree/visit.h"

namespace imgslim::image_rules {
namespace {

using attribution::PackageIndex;
using tree::LayerIndex;

/// Every visible inode of the author's with its package.
template <typename Visit>
void for_each_owned(const ImageFacts& image, Visit visit) {
  const auto& tree = image.tree();
  tree::for_each_visible(tree, [&](tree::NodeId node, bool first_name) {
    const auto entry = tree.node(node).entry;
    const auto package = image.owners.by_node[node];
    if (!first_name || entry == tree::Node::implied || package == attribution::no_package) return;
    const auto inode = tree.inode_of(entry);
    if (image.is_mine(tree.layer_of(inode))) visit(inode, package);
  });
}

/// The packages that the rule names.
std::vector<bool> named_packages(const CheckContext& context) {
  std::string expression = "^(?:";
  for (const auto& name : context.words("names")) expression += (expression.size() > 4 ? "|" : "") + name;
  std::string problem;
  const auto pattern = rules::Pattern::compile(expression + ")$", problem);
  const auto managers = context.words("managers");
  std::vector<bool> named;
  for (const auto& package : context.image.owners.packages) {
    const bool managed =
        managers.empty() || std::find(managers.begin(), managers.end(), package.manager) != managers.end();
    named.push_back(pattern && managed && pattern->matches(package.name));
  }
  return named;
}

}  // namespace

Reach reach_of(const ImageFacts& image) {
  const auto& processes = image.closure.processes;
  const bool known = !image.closure.no_command && !processes.empty() &&
                     std::none_of(processes.begin(), processes.end(),
                                  [](const auto& process) { return process.coverage == runtime::Coverage::unknown; });
  return known ? Reach::known : image.closure.trace.covers ? Reach::traced : Reach::unknown;
}

bool is_of_system_package(const ImageFacts& image, tree::EntryId inode) {
  const auto owner = attribution::owner_of(image.owners, image.tree(), image.tree().entry_path(inode));
  if (owner == attribution::no_package) return false;
  const auto& manager = image.owners.packages[owner].manager;
  return manager == "deb" || manager == "apk" || manager == "rpm";
}

std::vector<bool> reached_packages(const ImageFacts& image) {
  std::vector<bool> reached(image.owners.packages.size(), false);
  for (const auto& file : image.closure.files) {
    const auto node = image.tree().find(std::string_view(file.path).substr(1));
    if (node == tree::Node::none) continue;
    const auto package = image.owners.by_node[node];
    if (package != attribution::no_package) reached[package] = true;
  }
  return reached;
}

void claim_package(const ImageFacts& image, PackageIndex package, Claims& claims) {
  for_each_owned(image, [&](tree::EntryId inode, PackageIndex owner) {
    if (owner == package) claims.whole(image.tree(), inode);
  });
}

std::vector<ImageFinding> package_findings(const CheckContext& context, const std::vector<bool>& wanted, Basis basis) {
  const auto& image = context.image;
  std::map<LayerIndex, std::map<PackageIndex, std::uint64_t>> by_layer;
  std::map<LayerIndex, Claims> claims;
  for_each_owned(image, [&](tree::EntryId inode, PackageIndex package) {
    if (!wanted[package]) return;
    const auto layer = image.owners.packages[package].layer.value_or(image.tree().layer_of(inode));
    by_layer[layer][package] += image.tree().entry(inode).content_bytes;
    claims[layer].whole(image.tree(), inode);
  });
  std::vector<ImageFinding> findings;
  for (const auto& [layer, packages] : by_layer) {
    ImageFinding finding;
    finding.layer = layer;
    for (const auto& [package, bytes] : packages)
      finding.evidence.push_back({image.owners.packages[package].name, bytes});
    rank_evidence(finding.evidence);
    finding.claims = claims[layer];
    finding.basis = basis;
    if (is_large_enough(context, finding)) findings.push_back(std::move(finding));
  }
  return findings;
}

std::vector<ImageFinding> check_packages(const CheckContext& context) {
  const auto& image = context.image;
  auto wanted = named_packages(context);
  const auto* unreached = context.parameter("unreached");
  const auto reach = reach_of(image);
  if (unreached && unreached->truth && reach == Reach::unknown) return {};
  const auto reached = reached_packages(image);
  for (std::size_t at = 0; at < wanted.size(); ++at) wanted[at] = wanted[at] && !reached[at];
  auto findings = package_findings(context, wanted, reach == Reach::known ? Basis::measured : Basis::estimated);
  for (auto& finding : findings) finding.as_traced = reach == Reach::traced;
  return findings;
}

}  // namespace imgslim::image_rules
