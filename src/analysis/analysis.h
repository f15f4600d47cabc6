#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "attribution/base_boundary.h"
#include "attribution/instructions.h"
#include "attribution/package_owners.h"
#include "attribution/package_relations.h"
#include "image/image_info.h"
#include "imgslim/finding.h"
#include "imgslim/note.h"
#include "imgslim/suggestion.h"
#include "memory/estimate.h"
#include "memory/heap_limit.h"
#include "rootfs/file_system.h"
#include "runtime/closure.h"
#include "tree/accounting.h"
#include "tree/merged_tree.h"

/// Everything that is known of one image, const from here on: rules and reports are functions of it.
namespace imgslim::analysis {

/// Whether what a layer claims is what its bytes give; empty when there was nothing to compare.
struct LayerCheck {
  std::optional<bool> digest_verified, diff_id_verified;
};

/// What the rules make of the image and its Dockerfile.
struct Judgement {
  std::vector<ReportFinding> findings;  ///< by rule, then place
  ReportSuggestions suggestions;
  std::uint64_t suppressed = 0;  ///< findings that comments or waivers hide
};

/// An image that is on a node.
struct KnownImage {
  std::string name;
  std::vector<Digest> diff_ids;  ///< base first
};

/// What a container would be started on.
struct StartNode {
  std::vector<KnownImage> images;
  std::vector<Digest> layers;  ///< by diff_id or blob
  std::optional<std::uint64_t> bytes_per_second;
};

struct Analysis {
  image::ImageInfo info;  ///< layers in the order that the computed diff_ids prove
  std::unique_ptr<const tree::MergedTree> merged;
  const tree::MergedTree& tree;    ///< `merged`
  rootfs::FileSystem files;        ///< over `tree`
  std::vector<LayerCheck> checks;  ///< per layer
  tree::Accounting accounting;
  attribution::Instructions instructions;
  attribution::BaseBoundary base;
  tree::WasteSplit waste_split;
  attribution::PackageOwners owners;
  attribution::PackageRelations relations;
  std::vector<tree::DuplicateGroup> duplicates;
  std::optional<std::vector<std::string>> command;  ///< the user's, in place of CMD
  runtime::Closure closure;
  std::optional<memory::StartupEstimate> startup;  ///< nothing when no program is known
  std::optional<memory::Bounds> memory_bounds;     ///< --limit
  std::optional<StartNode> node;                   ///< --have, --bandwidth
  Judgement judgement;
  std::vector<Note> notes;  ///< of all stages, in the order of the flow
  bool complete = true;
};

}  // namespace imgslim::analysis
