#include "attribution/package_owners.h"

#include <algorithm>
#include <map>
#include <unordered_map>

#include "attribution/content_class.h"
#include "attribution/directory_rows.h"
#include "attribution/installed_packages.h"
#include "core/path.h"
#include "tree/visit.h"

namespace imgslim::attribution {
namespace {

using tree::MergedTree;
using tree::NodeId;

class OwnerFinder {
 public:
  OwnerFinder(const MergedTree& tree, const Limits& limits) : tree_(tree) {
    auto installed = installed_packages(tree, limits);
    result_.notes = std::move(installed.notes);
    result_.by_node.assign(tree.node_count(), no_package);
    for (auto& package : installed.packages) claim(std::move(package));
  }

  PackageOwners run() && {
    inherit_directories();
    sum_up();
    return std::move(result_);
  }

 private:
  /// The first package to name a file owns it; files that are not there are nobody's.
  void claim(packages::Package package) {
    const auto index = static_cast<PackageIndex>(result_.packages.size());
    for (const auto& path : package.files) {
      const auto node = tree_.resolve_parent(path);
      if (node == tree::Node::none || tree_.kind(node) == layer::EntryKind::directory) continue;
      if (result_.by_node[node] == no_package) result_.by_node[node] = index;
    }
    for (const auto& path : package.directories) {
      const auto node = tree_.resolve(path);
      if (node != tree::Node::none && tree_.kind(node) == layer::EntryKind::directory)
        owned_directories_.try_emplace(node, index);
    }
    if (package.manager == "deb") deb_by_name_.try_emplace(package.name, index);
    if (package.source.empty()) package.source = package.name;
    result_.packages.push_back({std::move(package.manager),
                                std::move(package.name),
                                std::move(package.version),
                                std::move(package.architecture),
                                std::move(package.source),
                                package.declared_bytes,
                                0,
                                {},
                                std::nullopt});
  }

  /// What nobody named belongs to the nearest directory above that a package owns whole.
  void inherit_directories() {
    if (owned_directories_.empty()) return;
    std::vector<PackageIndex> inherited(tree_.node_count(), no_package);
    tree::for_each_visible(tree_, [&](NodeId id, bool) {
      inherited[id] = inherited[tree_.node(id).parent];
      if (const auto owned = owned_directories_.find(id); owned != owned_directories_.end())
        inherited[id] = owned->second;
      if (result_.by_node[id] == no_package) result_.by_node[id] = inherited[id];
    });
  }

  void sum_up() {
    std::map<std::pair<PackageIndex, tree::LayerIndex>, std::uint64_t> bytes_by_layer;
    result_.unattributed += node_sum(tree_, MergedTree::root, true);
    tree::for_each_visible(tree_, [&](NodeId id, bool first_name) {
      const auto sum = node_sum(tree_, id, first_name);
      const auto owner = result_.by_node[id];
      if (owner == no_package) {
        (is_package_database(tree_.path(id)) ? result_.databases : result_.unattributed) += sum;
        return;
      }
      result_.packages[owner].sum += sum;
      const auto entry = tree_.node(id).entry;
      if (entry != tree::Node::implied)
        bytes_by_layer[{owner, tree_.layer_of(tree_.inode_of(entry))}] += sum.stored_bytes;
    });
    settle_layers(bytes_by_layer);
    sum_deb_databases();
  }

  void settle_layers(const std::map<std::pair<PackageIndex, tree::LayerIndex>, std::uint64_t>& bytes_by_layer) {
    std::vector<std::uint64_t> most(result_.packages.size(), 0);
    for (const auto& [key, bytes] : bytes_by_layer) {
      const auto& [package, layer] = key;
      if (bytes <= most[package] && result_.packages[package].layer) continue;
      most[package] = bytes;
      result_.packages[package].layer = layer;
    }
  }

  /// dpkg keeps NAME.list, NAME:ARCH.md5sums … for each package.
  void sum_deb_databases() {
    const auto info = tree_.resolve("var/lib/dpkg/info");
    if (info == tree::Node::none) return;
    for (auto id = tree_.node(info).first_child; id != tree::Node::none; id = tree_.node(id).next_sibling) {
      if (!tree_.is_visible(id)) continue;
      auto name = tree_.name(id);
      name = name.substr(0, std::min(name.rfind('.'), name.size()));
      name = name.substr(0, std::min(name.find(':'), name.size()));
      const auto package = deb_by_name_.find(std::string(name));
      if (package != deb_by_name_.end())
        result_.packages[package->second].database_bytes += node_sum(tree_, id, true).visible_bytes;
    }
  }

  const MergedTree& tree_;
  PackageOwners result_;
  std::unordered_map<NodeId, PackageIndex> owned_directories_;
  std::unordered_map<std::string, PackageIndex> deb_by_name_;
};

}  // namespace

PackageIndex owner_of(const PackageOwners& owners, const tree::MergedTree& tree, std::string_view path) {
  const auto node = tree.find(path.substr(path.starts_with('/') ? 1 : 0));
  return node < owners.by_node.size() ? owners.by_node[node] : no_package;
}

PackageOwners find_owners(const MergedTree& tree, const Limits& limits) { return OwnerFinder(tree, limits).run(); }

}  // namespace imgslim::attribution
