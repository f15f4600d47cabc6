#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "imgslim/runtime.h"

/// The answer to `imgslim libs IMAGE` (JSON: `imgslim.libs/1`).
namespace imgslim {

/// Files and directories that a package, or none, brings to a copy of what runs.
struct CopyGroup {
  std::string package;             ///< "deb libssl3"; "" for what no package owns
  std::vector<std::string> paths;  ///< absolute, as the program opens them, sorted; a directory ends with "/"
  std::uint64_t visible_bytes = 0;
  friend bool operator==(const CopyGroup&, const CopyGroup&) = default;
};

/// The closure, without what is less sure than `confidence`.
struct LibrariesAnswer {
  std::string image;       ///< reference, "" when unnamed
  std::string confidence;  ///< the least sure tier that is listed
  ReportRuntime runtime;
  std::vector<CopyGroup> copy;  ///< by package; what no package owns comes last
  friend bool operator==(const LibrariesAnswer&, const LibrariesAnswer&) = default;
};

}  // namespace imgslim
