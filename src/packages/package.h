#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/limits.h"
#include "imgslim/note.h"
#include "imgslim/result.h"

namespace imgslim::packages {

/// One installed package as its database states it. Paths are clean (no leading "/"), as the database writes them:
/// symlinked directories are the caller's to resolve.
struct Package {
  std::string manager;                      ///< deb, apk, rpm, pip, npm, gem, go, jar, conda, chisel
  std::string name, version, architecture;  ///< as the database writes them; "" when it does not
  std::string source;                       ///< what it was built from, "" when that has its name or is not stated
  std::uint64_t declared_bytes = 0;         ///< the database's own installed size, 0 when it states none
  std::vector<std::string> files;           ///< owned paths, files and links (directories need not be told apart)
  std::vector<std::string> directories;     ///< directories owned whole: everything below belongs to the package
  friend bool operator==(const Package&, const Package&) = default;
};

/// What a reader found, with its oddities.
struct PackageSet {
  std::vector<Package> packages;
  std::vector<Note> notes;
};

}  // namespace imgslim::packages
