#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "packages/package.h"

namespace imgslim::packages {

/// A Java archive: the package that owns the file, and what is packed into it.
struct Jar {
  Package package;
  std::vector<std::string>
      bundled;             ///< "group:artifact:version" of shaded artifacts, base names of nested jars; sorted
  std::string class_path;  ///< Class-Path of its manifest: relative URLs with blanks between them
  std::vector<Note> notes;
};

/// Names the archive by the Maven artifact that fits its file name, else by its manifest, else by the file name.
/// `path` is clean; the bytes are the whole file. Fails when they are no zip archive.
Result<Jar> read_jar(std::span<const std::byte> bytes, std::string_view path);

}  // namespace imgslim::packages
