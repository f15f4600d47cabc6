#include "image_rules/development_checks.h"

#include <algorithm>
#include <map>
#include <set>

#include "attribution/package_relations.h"
#include "core/path.h"
#include "image_rules/entry_finding.h"
#include "image_rules/package_checks.h"
#include "packages/bundler.h"
#include "tree/visit.h"

namespace imgslim::image_rules {
namespace {

using attribution::PackageRelations;
using tree::EntryId;
using tree::LayerIndex;

/// What locks mark as development: directories, and archives in the installer's cache that no production package is
/// of.
class DevelopmentPackages {
 public:
  DevelopmentPackages(const PackageRelations& relations, const std::vector<std::string>& managers) {
    for (const auto& lock : relations.locks) {
      if (std::find(managers.begin(), managers.end(), lock.manager) == managers.end()) continue;
      for (const auto& package : lock.packages) {
        directories_.try_emplace(package.directory, true).first->second &= package.development;
        if (!package.cached.empty()) archives_.try_emplace(package.cached, true).first->second &= package.development;
      }
    }
  }

  [[nodiscard]] bool empty() const {
    return std::none_of(directories_.begin(), directories_.end(), [](const auto& entry) { return entry.second; });
  }

  /// The development package's directory that the path is in, "" when there is none: the nearest directory above that a
  /// lock names has the say.
  [[nodiscard]] std::string_view directory_of(std::string_view path) const {
    for (auto directory = parent_path(path); !directory.empty(); directory = parent_path(directory))
      if (const auto known = directories_.find(directory); known != directories_.end())
        return known->second ? directory : std::string_view();
    return {};
  }

  /// The cache, when the path is in it and the archive of development packages alone; else "".
  [[nodiscard]] std::string_view cache_of(std::string_view path) const {
    constexpr std::string_view cache = "_cacache/";
    const auto start = path.rfind(cache);
    if (start == std::string_view::npos) return {};
    const auto known = archives_.find(path.substr(start));
    return known != archives_.end() && known->second ? path.substr(0, start + cache.size() - 1) : std::string_view();
  }

 private:
  std::map<std::string, bool, std::less<>> directories_, archives_;  // whether for development alone
};

using Gem = std::pair<std::string, std::string>;  // name and version

/// The gems of all Gemfiles of applications with their locks: whether for development alone.
std::map<Gem, bool> locked_gems(const ImageFacts& image) {
  std::map<Gem, bool> gems;
  tree::for_each_visible(image.tree(), [&](tree::NodeId node, bool) {
    if (image.tree().name(node) != "Gemfile.lock") return;
    const auto path = "/" + image.tree().path(node);
    if (path.find("/gems/") != std::string::npos) return;  // a gem's own, for who works on it
    const auto lock = image.files.text_at(path);
    const auto gemfile = image.files.text_at(path.substr(0, path.rfind('.')));
    if (!lock || !gemfile) return;
    for (auto& gem : packages::read_bundler_lock(*gemfile, *lock))
      gems.try_emplace({std::move(gem.name), std::move(gem.version)}, true).first->second &= gem.development;
  });
  return gems;
}

}  // namespace

std::vector<ImageFinding> check_development_packages(const CheckContext& context) {
  const auto& image = context.image;
  const auto& tree = image.tree();
  const DevelopmentPackages development(image.relations, context.words("managers"));
  if (development.empty()) return {};
  std::map<LayerIndex, std::map<std::string, std::vector<EntryId>>> found, cached;
  tree::for_each_visible(tree, [&](tree::NodeId node, bool first_name) {
    const auto entry = tree.node(node).entry;
    if (!first_name || entry == tree::Node::implied || tree.kind(node) == layer::EntryKind::directory) return;
    const auto inode = tree.inode_of(entry);
    const auto layer = tree.layer_of(inode);
    if (!image.is_mine(layer)) return;
    const auto path = tree.path(node);
    if (const auto directory = development.directory_of(path); !directory.empty())
      found[layer][std::string(directory)].push_back(inode);
    else if (const auto cache = development.cache_of(path); !cache.empty())
      cached[layer][std::string(cache)].push_back(inode);
  });
  std::vector<ImageFinding> findings;
  for (auto& [layer, places] : found) {
    // What was fetched to be installed in the same step: without the packages it is not fetched.
    places.merge(cached[layer]);
    ImageFinding finding;
    finding.layer = layer;
    for (const auto& [place, inodes] : places) {
      std::uint64_t bytes = 0;
      for (const auto inode : inodes) {
        finding.claims.whole(tree, inode);
        bytes += tree.entry(inode).content_bytes;
      }
      finding.evidence.push_back({place, bytes});
    }
    rank_evidence(finding.evidence);
    if (is_large_enough(context, finding)) findings.push_back(std::move(finding));
  }
  return findings;
}

std::vector<ImageFinding> check_development_gems(const CheckContext& context) {
  const auto gems = locked_gems(context.image);
  if (gems.empty()) return check_packages(context);
  std::vector<bool> wanted;
  for (const auto& package : context.image.owners.packages) {
    const auto found = gems.find({package.name, package.version.substr(0, package.version.find('-'))});
    wanted.push_back(package.manager == "gem" && found != gems.end() && found->second);
  }
  return package_findings(context, wanted, Basis::measured);
}

}  // namespace imgslim::image_rules
