#include "attribution/package_relations.h"

#include <map>
#include <utility>

#include "attribution/database_texts.h"
#include "packages/apk_relations.h"
#include "packages/dpkg_relations.h"

namespace imgslim::attribution {
namespace {

using packages::DatabaseKind;

void read_system(const DatabaseTexts& texts, PackageRelations& relations) {
  const auto debian = texts.dpkg();
  if (!debian.status.empty() || !debian.status_d.empty()) {
    const auto states = texts.only(DatabaseKind::apt_extended_states);
    relations.manager = "deb";
    relations.knows_wanted = !states.empty();
    relations.system = packages::read_dpkg_relations(debian, states);
    return;
  }
  const auto installed = texts.only(DatabaseKind::apk_installed);
  if (installed.empty()) return;
  const auto world = texts.only(DatabaseKind::apk_world);
  relations.manager = "apk";
  relations.knows_wanted = !world.empty();
  relations.system = packages::read_apk_relations(installed, world);
}

void find_node_owners(const PackageOwners& owners, PackageRelations& relations) {
  std::map<std::pair<std::string_view, std::string_view>, PackageIndex> places;
  for (PackageIndex index = 0; index < owners.packages.size(); ++index) {
    const auto& package = owners.packages[index];
    if (package.manager == relations.manager) places.try_emplace({package.name, package.architecture}, index);
  }
  for (const auto& node : relations.system.nodes) {
    const auto found = places.find({node.name, node.architecture});
    relations.owners.push_back(found == places.end() ? no_package : found->second);
  }
}

template <typename Reader>
void read_locks(const DatabaseTexts::Texts& texts, std::string_view manager, Reader read, PackageRelations& relations) {
  for (const auto& [path, text] : texts) {
    auto packages = read(path, text);
    if (packages)
      relations.locks.push_back({std::string(manager), path, std::move(*packages)});
    else
      relations.notes.push_back({"package-database-unreadable", path, packages.error().message});
  }
}

}  // namespace

PackageRelations find_relations(const tree::MergedTree& tree, const PackageOwners& owners, const Limits& limits) {
  PackageRelations relations;
  const DatabaseTexts texts(tree);
  read_system(texts, relations);
  find_node_owners(owners, relations);
  read_locks(
      texts.of(DatabaseKind::npm_hidden_lock), "npm",
      [&](const auto& path, auto text) { return packages::read_npm_lock(path, text, limits); }, relations);
  read_locks(
      texts.of(DatabaseKind::composer_installed), "composer",
      [&](const auto& path, auto text) { return packages::read_composer_installed(path, text, limits); }, relations);
  return relations;
}

}  // namespace imgslim::attribution
