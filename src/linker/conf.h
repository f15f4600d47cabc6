#pragma once

#include <string>
#include <vector>

#include "rootfs/file_system.h"

namespace imgslim::linker {

/// A directory that ldconfig is told to index.
struct ConfiguredDirectory {
  std::string path;      ///< as stated, trailing "/" stripped
  std::string file;      ///< "/etc/ld.so.conf.d/app.conf"
  std::size_t line = 0;  ///< from 1
};

/// What /etc/ld.so.conf and the files that it includes list, in order, each directory once (elf/ldconfig.c,
/// parse_conf). Only ldconfig reads these files, the loader never does.
[[nodiscard]] std::vector<ConfiguredDirectory> read_conf(const rootfs::FileSystem& files);

/// fnmatch(3) with "*", "?" and "[…]" on one path component; a leading period needs one in the pattern.
[[nodiscard]] bool matches_glob(std::string_view name, std::string_view pattern);

}  // namespace imgslim::linker
