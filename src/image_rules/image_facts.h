#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "attribution/base_boundary.h"
#include "attribution/instructions.h"
#include "attribution/package_owners.h"
#include "attribution/package_relations.h"
#include "memory/estimate.h"
#include "rootfs/file_system.h"
#include "rules/facts.h"
#include "runtime/closure.h"
#include "tree/accounting.h"

namespace imgslim::image_rules {

/// What rules know of a built image, and of its Dockerfile when that is the image's. Views: all outlive them.
struct ImageFacts {
  const image::ImageInfo& info;
  const rootfs::FileSystem& files;
  const attribution::Instructions& instructions;
  const attribution::BaseBoundary& base;
  const attribution::PackageOwners& owners;
  const attribution::PackageRelations& relations;
  const std::vector<tree::DuplicateGroup>& duplicates;
  const runtime::Closure& closure;
  const memory::StartupEstimate* startup = nullptr;  ///< null when no program is known
  const rules::Facts* dockerfile = nullptr;          ///< null without one, or when it is another image's
  const rules::Facts* given_dockerfile = nullptr;    ///< also another image's; null without one
  std::string_view today;                            ///< "2026-11-24"; "" when it is not known

  [[nodiscard]] const tree::MergedTree& tree() const { return files.tree(); }
  /// Whether the Dockerfile's author made the layer, as far as the base's end is known.
  [[nodiscard]] bool is_mine(tree::LayerIndex layer) const { return layer >= base.layers; }
  [[nodiscard]] const attribution::BuildStep& step_of(tree::LayerIndex layer) const {
    return instructions.steps[instructions.step_of_layer[layer]];
  }
};

}  // namespace imgslim::image_rules
