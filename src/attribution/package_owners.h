#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/limits.h"
#include "imgslim/note.h"
#include "packages/package.h"
#include "tree/merged_tree.h"

namespace imgslim::attribution {

using PackageIndex = std::uint32_t;
inline constexpr PackageIndex no_package = UINT32_MAX;

/// Bytes of a row of a dimension; compressed and stored bytes count headers and links too.
struct RowSum {
  std::uint64_t visible_bytes = 0, compressed_bytes = 0, stored_bytes = 0, files = 0;

  RowSum& operator+=(const RowSum& part) {
    visible_bytes += part.visible_bytes;
    compressed_bytes += part.compressed_bytes;
    stored_bytes += part.stored_bytes;
    files += part.files;
    return *this;
  }
};

/// An installed package with what is really there of it.
struct OwnedPackage {
  std::string manager, name, version, architecture;
  std::string source;  ///< what it was built from, by its name when nothing else is stated
  std::uint64_t declared_bytes = 0;
  std::uint64_t database_bytes = 0;  ///< the manager's own files about this package
  RowSum sum;
  std::optional<tree::LayerIndex> layer;  ///< the one that holds most of its visible bytes
};

/// Who owns each visible path. System packages come before language packages: what a deb ships is the deb's, also
/// when its own metadata states a Python distribution.
struct PackageOwners {
  std::vector<OwnedPackage> packages;
  std::vector<PackageIndex> by_node;  ///< per NodeId
  RowSum databases;                   ///< the package managers' files that no package owns
  RowSum unattributed;                ///< everything else, the root directory's entry included
  std::vector<Note> notes;
};

/// Of a path with or without "/" in front; no_package when nothing visible is there or nobody owns it.
[[nodiscard]] PackageIndex owner_of(const PackageOwners& owners, const tree::MergedTree& tree, std::string_view path);

[[nodiscard]] PackageOwners find_owners(const tree::MergedTree& tree, const Limits& limits);

}  // namespace imgslim::attribution
