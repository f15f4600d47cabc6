#pragma once

#include <string>
#include <vector>

#include "attribution/package_owners.h"
#include "core/limits.h"
#include "packages/dependency_graph.h"
#include "packages/locked_packages.h"
#include "tree/merged_tree.h"

namespace imgslim::attribution {

/// What a language's installer wrote down, with the packages that it marks as for development alone.
struct PackageLock {
  std::string manager;  ///< npm, composer
  std::string path;     ///< of the file
  std::vector<packages::LockedPackage> packages;
};

/// Why packages are there, as their databases tell.
struct PackageRelations {
  std::string manager;               ///< of `system`: deb or apk; "" when the image has neither
  packages::DependencyGraph system;  ///< empty for rpm, whose requirements are not read
  std::vector<PackageIndex> owners;  ///< per node of `system`: PackageOwners::packages, or no_package
  bool knows_wanted = false;         ///< the image says which packages somebody asked for
  std::vector<PackageLock> locks;    ///< by path
  std::vector<Note> notes;
};

[[nodiscard]] PackageRelations find_relations(const tree::MergedTree& tree, const PackageOwners& owners,
                                              const Limits& limits);

}  // namespace imgslim::attribution
