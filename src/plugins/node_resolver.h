#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "plugins/directory_index.h"

namespace imgslim::plugins {

/// Finds what `require` and `import` of Node load (Node.js documentation: "Modules: CommonJS modules", "All together";
/// "Modules: Packages").
class NodeResolver {
 public:
  /// `directories`: of NODE_PATH and of the distribution, searched behind all node_modules.
  NodeResolver(const rootfs::FileSystem& files, std::vector<std::string> directories)
      : index_(files), directories_(std::move(directories)) {}

  /// A path relative to the importing file or absolute, or a package with an optional path in it.
  [[nodiscard]] std::optional<rootfs::Found> resolve(const std::string& name, const std::string& importer);
  /// A file or directory at a path.
  [[nodiscard]] std::optional<rootfs::Found> resolve_path(const std::string& path);
  /// Where the package stands that a file would require by this name; "" when it is not installed.
  [[nodiscard]] std::string package_directory(const std::string& name, const std::string& importer);
  /// The directory of the package that a file belongs to: the nearest above with a package.json; "" without.
  [[nodiscard]] std::string package_of(const std::string& file);
  [[nodiscard]] DirectoryIndex& index() { return index_; }

 private:
  [[nodiscard]] std::optional<rootfs::Found> file_at(const std::string& path);
  [[nodiscard]] std::optional<rootfs::Found> directory_at(const std::string& path);
  [[nodiscard]] std::optional<rootfs::Found> package_at(const std::string& directory, const std::string& subpath);

  DirectoryIndex index_;
  std::vector<std::string> directories_;
};

}  // namespace imgslim::plugins
