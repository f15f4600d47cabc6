#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "rules/facts.h"

/// What COPY and ADD bring to which paths of the image, as far as the text tells.
namespace imgslim::rules {

/// A COPY or ADD of a stage.
struct CopyStep {
  const Step* step = nullptr;
  std::vector<std::string> paths;  ///< clean, with a leading "/"; a directory stands for what is in it
  std::vector<bool> is_directory;  ///< for each path: it is one for sure
};

/// The last part of a path.
[[nodiscard]] std::string base_name(std::string_view path);
/// A path in a directory, without "." and repeated slashes.
[[nodiscard]] std::string resolve_path(std::string_view path, std::string_view directory);
/// Both clean; a path is within itself.
[[nodiscard]] bool is_within(std::string_view path, std::string_view directory);

/// The working directory of a step, "/" where its stage does not say.
[[nodiscard]] std::string directory_at(const Facts& facts, const Step& step);
/// Those above the step in its stage, in order; those whose destination cannot be told have no paths.
[[nodiscard]] std::vector<CopyStep> copies_before(const Facts& facts, const Step& step);

}  // namespace imgslim::rules
