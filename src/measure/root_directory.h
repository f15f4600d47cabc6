#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "archive/tar_reader.h"
#include "imgslim/result.h"

namespace imgslim::measure {

/// A directory of this machine that stands for the root of an image: every path is resolved inside it by the kernel
/// (openat2(2), RESOLVE_IN_ROOT), whatever symlinks the image has. Removed with all that is in it when this goes.
class RootDirectory {
 public:
  /// A new directory of its own below `parent`. Errors: environment.
  static Result<RootDirectory> make(const std::string& parent);
  RootDirectory(RootDirectory&& other) noexcept;
  RootDirectory& operator=(RootDirectory&&) = delete;
  ~RootDirectory();

  [[nodiscard]] const std::string& path() const { return path_; }

  /// Makes what the entry says, with its content; what stands there goes. Owners are kept where that is allowed. Device
  /// files and sockets are left out. Errors: environment, and those of the reader.
  Status put(const archive::TarEntry& entry, archive::TarReader& content);
  /// Removes what is at a clean path, directories with all in them. Nothing there is no error.
  Status remove(std::string_view clean_path);
  /// Drops the files' contents from the page cache, where the kernel lets it: what was just written stands there in
  /// larger pieces than what is read from a disk as a container starts, and more of it would be mapped with each page.
  void forget_contents() const;
  /// The first MiB of a file; "" when there is none.
  [[nodiscard]] std::string text(std::string_view clean_path) const;
  /// Names in a directory; none when it is none.
  [[nodiscard]] std::vector<std::string> list(std::string_view clean_path) const;

 private:
  RootDirectory(std::string path, int descriptor) : path_(std::move(path)), descriptor_(descriptor) {}

  std::string path_;
  int descriptor_;
};

}  // namespace imgslim::measure
