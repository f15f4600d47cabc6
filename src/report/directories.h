#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "imgslim/report.h"

namespace imgslim::report {

/// A directory, or what remains of one whose larger parts have shares of their own.
struct DirectoryShare {
  std::string path;
  bool remainder = false;
  std::uint64_t visible_bytes = 0, compressed_bytes = 0;
};

/// Cuts the rows of `report.paths` into shares that do not overlap and sum to the root's bytes, largest first: a
/// directory that holds a fifth of the image or more is replaced by its children and what remains.
[[nodiscard]] std::vector<DirectoryShare> directory_shares(const Report& report);

}  // namespace imgslim::report
