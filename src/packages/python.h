#pragma once

#include <optional>
#include <string_view>

#include "packages/package.h"

namespace imgslim::packages {

/// The files about one installed Python distribution. The views must outlive the call.
struct PythonDistribution {
  std::string_view metadata_path;  ///< clean path of METADATA, PKG-INFO or the file NAME.egg-info
  std::string_view metadata;
  std::optional<std::string_view> record;           ///< RECORD
  std::optional<std::string_view> installed_files;  ///< installed-files.txt
  std::optional<std::string_view> top_level;        ///< top_level.txt
};

/// The package and the files it owns, as clean paths from the image's root. Without a list of files the package owns
/// its metadata and the top-level modules that top_level.txt names (noted). Byte code that pip compiled is in RECORD;
/// what Python compiled later is not.
[[nodiscard]] PackageSet read_python(const PythonDistribution& distribution);

}  // namespace imgslim::packages
