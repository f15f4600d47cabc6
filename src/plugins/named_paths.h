#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "linker/link_map.h"
#include "rootfs/file_system.h"

namespace imgslim::plugins {

/// A path of the image that a mapped object states in its data.
struct NamedPath {
  std::string path;  ///< as stated, "/lib" and the like replaced by what they link to
  linker::ObjectIndex object = 0;
};

/// The absolute paths that mapped objects state: where a program looks for its modules and its configuration is
/// compiled into it. Grows with the objects; of a path that several state the first one counts.
class NamedPaths {
 public:
  /// `object` has just been mapped and states `strings` (elf::ElfFacts::path_strings).
  void add(const rootfs::FileSystem& files, linker::ObjectIndex object, const std::vector<std::string>& strings);

  /// The object that states `path` or a path below it, or linker::no_object.
  [[nodiscard]] linker::ObjectIndex within(std::string_view path) const;
  /// The object that states exactly `path`, or linker::no_object.
  [[nodiscard]] linker::ObjectIndex exact(std::string_view path) const;
  /// Stated paths that are directories of the image, in order of discovery.
  [[nodiscard]] const std::vector<NamedPath>& directories() const { return directories_; }
  /// Stated paths that are regular files of the image, in order of discovery.
  [[nodiscard]] const std::vector<NamedPath>& files() const { return files_; }

 private:
  [[nodiscard]] std::string normalized(const rootfs::FileSystem& files, std::string_view path);

  std::unordered_map<std::string, linker::ObjectIndex> exact_, within_;
  std::map<std::string, std::string, std::less<>> first_components_;  // "/lib" -> "/usr/lib"
  std::vector<NamedPath> directories_, files_;
};

/// Directories that the dynamic linker searches by default in some distribution: what stands there is a library, no
/// module.
[[nodiscard]] bool is_library_directory(std::string_view directory);

/// Number of components of an absolute path.
[[nodiscard]] std::size_t depth_of(std::string_view path);

}  // namespace imgslim::plugins
