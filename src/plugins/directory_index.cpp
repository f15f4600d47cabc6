#include "plugins/directory_index.h"

#include <algorithm>

namespace imgslim::plugins {

const std::vector<std::string>& DirectoryIndex::names(const std::string& directory) {
  const auto [place, added] = listings_.try_emplace(directory);
  if (added) place->second = files_.list(directory);
  return place->second;
}

bool DirectoryIndex::has(const std::string& directory, std::string_view name) {
  const auto& all = names(directory);
  return std::binary_search(all.begin(), all.end(), name);
}

std::vector<std::string_view> DirectoryIndex::names_from(const std::string& directory, std::string_view prefix) {
  const auto& all = names(directory);
  std::vector<std::string_view> found;
  for (auto at = std::lower_bound(all.begin(), all.end(), prefix); at != all.end() && at->starts_with(prefix); ++at)
    found.emplace_back(*at);
  return found;
}

}  // namespace imgslim::plugins
