#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "plugins/directory_index.h"
#include "plugins/python_path.h"

namespace imgslim::plugins {

/// A module that the path finder finds.
struct PythonModule {
  std::optional<rootfs::Found> file;     ///< nothing for namespace packages
  std::vector<std::string> directories;  ///< of packages: where their submodules are
  [[nodiscard]] bool found() const { return file || !directories.empty(); }
  [[nodiscard]] bool is_package() const { return !directories.empty(); }
};

/// Finds modules as importlib's PathFinder does (Lib/importlib/_bootstrap_external.py): for each directory of the path
/// a package, then a compiled module, a source, byte code; directories without __init__ make namespace packages.
class PythonFinder {
 public:
  PythonFinder(const rootfs::FileSystem& files, std::string tag, std::vector<std::string> path)
      : index_(files), tag_(std::move(tag)), path_(std::move(path)) {}

  /// Puts a directory in front of the path, for modules that are not found yet.
  void add_front(const std::string& directory);
  /// By dotted name; parents are found first. References stay valid.
  [[nodiscard]] const PythonModule& find(const std::string& name);
  /// `__main__` of a directory that is run as a program.
  [[nodiscard]] std::optional<rootfs::Found> find_file(const std::string& directory, const std::string& stem);

 private:
  [[nodiscard]] PythonModule search(const std::vector<std::string>& directories, const std::string& leaf);

  DirectoryIndex index_;
  std::string tag_;
  std::vector<std::string> path_;
  std::unordered_map<std::string, PythonModule> modules_;
};

}  // namespace imgslim::plugins
