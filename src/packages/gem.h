#pragma once

#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "packages/package.h"

namespace imgslim::packages {

/// The directories of all compiled extensions of an image, by the gem they belong to.
class GemExtensions {
 public:
  GemExtensions() = default;
  /// `build_markers` are the clean paths of gem.build_complete files (DatabaseKind::gem_extension), in any order. Build
  /// it once for all gems.
  GemExtensions(const std::vector<std::string_view>& build_markers);

  /// The extension directories of the gem FULL-NAME in `root`, in the order of the markers.
  [[nodiscard]] std::span<const std::string> of(std::string_view root, std::string_view full_name) const;

 private:
  std::map<std::string, std::vector<std::string>, std::less<>> directories_;
};

/// The gem of a specification at `path` (clean): its unpacked directory, documentation, compiled extensions, cached
/// .gem and the specification itself. Nothing for a file whose name is only the suffix.
[[nodiscard]] PackageSet read_gem(std::string_view path, std::string_view specification,
                                  const GemExtensions& extensions);

}  // namespace imgslim::packages
