#pragma once

#include <string>
#include <vector>

#include "linker/conf.h"

namespace imgslim::linker {

/// A directory of ld.so.conf with libraries that no loader finds, because ldconfig did not run after they came.
struct UncoveredDirectory {
  ConfiguredDirectory directory;
  std::vector<std::string> libraries;  ///< canonical paths, sorted
};

/// An entry of ld.so.cache whose file is gone: the loader then looks in its system directories only.
struct StaleEntry {
  std::string name, path;
};

struct CacheReport {
  bool has_cache = false;                     ///< /etc/ld.so.cache is there and can be read
  std::vector<UncoveredDirectory> uncovered;  ///< in the order of the configuration
  std::vector<StaleEntry> stale;              ///< ordered by name
};

/// Compares /etc/ld.so.cache with the file system and with /etc/ld.so.conf. A library counts as covered when any entry
/// has its DT_SONAME; the loaders' own system directories need no cache.
[[nodiscard]] CacheReport check_cache(const rootfs::FileSystem& files);

}  // namespace imgslim::linker
