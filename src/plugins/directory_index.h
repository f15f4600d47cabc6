#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "rootfs/file_system.h"

namespace imgslim::plugins {

/// Listings of directories, each made once: module searches ask the same ones thousands of times.
class DirectoryIndex {
 public:
  explicit DirectoryIndex(const rootfs::FileSystem& files) : files_(files) {}

  /// Sorted names in a directory; empty when there is none.
  [[nodiscard]] const std::vector<std::string>& names(const std::string& directory);
  [[nodiscard]] bool has(const std::string& directory, std::string_view name);
  /// Names that begin with `prefix`, sorted.
  [[nodiscard]] std::vector<std::string_view> names_from(const std::string& directory, std::string_view prefix);
  [[nodiscard]] const rootfs::FileSystem& files() const { return files_; }

 private:
  const rootfs::FileSystem& files_;
  std::unordered_map<std::string, std::vector<std::string>> listings_;
};

}  // namespace imgslim::plugins
