#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "plugins/directory_index.h"
#include "plugins/rule.h"

namespace imgslim::plugins {

/// A gem of the image: what `require` finds in it once it is activated.
struct Gem {
  std::string name;                      ///< "puma-5.6.5"
  std::string directory;                 ///< gems/puma-5.6.5
  std::vector<std::string> directories;  ///< its extensions directory (when there is one) and lib
};

/// Where `require` of a Ruby program looks: the load path compiled into ruby or libruby, directories that the program
/// adds, then the gems of all gem directories, the highest version first (Ruby: load.c, RubyGems: Gem::Specification).
class RubyPath {
 public:
  explicit RubyPath(const Context& context);

  /// The file that `require name` loads; a "*" in the name stands for the version of Ruby.
  [[nodiscard]] std::optional<rootfs::Found> find(const std::string& name);
  /// The file at a path without suffix: .rb, then .so.
  [[nodiscard]] std::optional<rootfs::Found> find_at(const std::string& path);
  void add_front(const std::string& directory);
  [[nodiscard]] const std::vector<Gem>& gems() const { return gems_; }
  /// "3.1" of the load path's directories; "" when unknown.
  [[nodiscard]] const std::string& version() const { return version_; }
  [[nodiscard]] const std::vector<std::string>& directories() const { return path_; }

 private:
  void add(const std::string& directory);
  void read_load_path();
  void read_gem_directory(const std::string& directory);
  void index_gems();
  [[nodiscard]] std::optional<rootfs::Found> search_gems(const std::string& wanted, bool replacing_default);
  [[nodiscard]] std::optional<rootfs::Found> search(const std::string& name);

  const Context& context_;
  DirectoryIndex index_;
  std::string version_, abi_;  // "3.1", "3.1.0"
  std::vector<std::string> path_;
  std::vector<Gem> gems_;
  std::unordered_set<std::string> default_gems_;  // those that come with Ruby and stand in its load path
  std::unordered_map<std::string, std::vector<std::size_t>> gems_by_entry_;  // first component, suffix off
  std::unordered_map<std::string, std::optional<rootfs::Found>> found_;
};

}  // namespace imgslim::plugins
