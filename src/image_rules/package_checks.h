#pragma once

#include <vector>

#include "image_rules/image_check.h"

namespace imgslim::image_rules {

/// Installed packages whose name one of the regular expressions "names" matches whole ("managers": of these managers
/// only), in the author's layers, one finding a layer. Those of which the closure reaches a file are left out; while
/// the closure cannot know, the saving is an estimate, and with "unreached": true nothing is said without a trace.
[[nodiscard]] std::vector<ImageFinding> check_packages(const CheckContext& context);

/// The packages for which `wanted` holds (per PackageOwners::packages) with what the author's layers have of them, one
/// finding a layer, as large as "min_bytes".
[[nodiscard]] std::vector<ImageFinding> package_findings(const CheckContext& context, const std::vector<bool>& wanted,
                                                         Basis basis);

/// The author's visible files of a package: what goes when it is not installed.
void claim_package(const ImageFacts& image, attribution::PackageIndex package, Claims& claims);

/// Whether a system package manager (deb, apk, rpm) brought the file: it is the distribution's to build otherwise.
[[nodiscard]] bool is_of_system_package(const ImageFacts& image, tree::EntryId inode);

/// Per package: whether the run-time closure, up to `possible`, or a trace has a file of it.
[[nodiscard]] std::vector<bool> reached_packages(const ImageFacts& image);

/// What it rests on that a file is not used.
enum class Reach : std::uint8_t {
  unknown,  ///< the program may open what no rule of the closure knows, and nobody looked
  traced,   ///< the same, but a trace of the image has it neither: true of that run
  known,    ///< nothing is open to the program that no rule of the closure knows
};
[[nodiscard]] Reach reach_of(const ImageFacts& image);

}  // namespace imgslim::image_rules
