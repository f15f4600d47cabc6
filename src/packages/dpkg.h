#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "packages/package.h"

namespace imgslim::packages {

/// The parts of a dpkg database; whatever the image lacks stays empty. The views must outlive the call.
struct DpkgDatabase {
  using Texts = std::map<std::string, std::string_view, std::less<>>;

  std::string_view status;      ///< var/lib/dpkg/status
  std::string_view diversions;  ///< var/lib/dpkg/diversions
  Texts info;                   ///< base names in var/lib/dpkg/info: "bash.list", "libc6:amd64.md5sums"
  Texts status_d;               ///< base names in var/lib/dpkg/status.d: "base-files", "base-files.md5sums"
};

/// The packages in the order of their database, status before status.d. Packages that are not installed are left out;
/// removed but not purged ones are kept with the files dpkg still lists, and noted.
/// A package without a file list owns what its md5sums and conffiles name, which lacks links and directories (noted).
/// Paths that another package diverts are already the diverted ones.
[[nodiscard]] PackageSet read_dpkg(const DpkgDatabase& database);

}  // namespace imgslim::packages
