#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/limits.h"
#include "imgslim/result.h"

namespace imgslim::packages {

/// A package as an installer wrote it down after the installation.
struct LockedPackage {
  std::string name, version;
  std::string directory;     ///< clean path of its directory in the image
  bool development = false;  ///< there for development dependencies alone
  std::string cached = {};  ///< npm: its archive's place below a cache, "_cacache/content-v2/sha512/ab/cd/…"; else ""
  friend bool operator==(const LockedPackage&, const LockedPackage&) = default;
};

/// npm's hidden lockfile at `path` (…/node_modules/.package-lock.json), in its order. A package that only optional
/// dependencies of production share with development ones ("devOptional") counts as production.
[[nodiscard]] Result<std::vector<LockedPackage>> read_npm_lock(std::string_view path, std::string_view text,
                                                               const Limits& limits);

/// Composer's list at `path` (…/composer/installed.json), in its order.
[[nodiscard]] Result<std::vector<LockedPackage>> read_composer_installed(std::string_view path, std::string_view text,
                                                                         const Limits& limits);

}  // namespace imgslim::packages
