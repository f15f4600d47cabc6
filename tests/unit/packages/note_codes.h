#pragma once

#include <string>
#include <vector>

#include "packages/package.h"

/// The codes of a set's notes, in order.
inline std::vector<std::string> note_codes(const imgslim::packages::PackageSet& set) {
  std::vector<std::string> codes;
  for (const auto& note : set.notes) codes.push_back(note.code);
  return codes;
}
