#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "archive/member_store.h"
#include "core/limits.h"
#include "image/image_info.h"
#include "imgslim/analyze.h"
#include "tree/merged_tree.h"

namespace imgslim::analysis {

/// What reading layers may use.
struct ReadSettings {
  Limits limits;
  unsigned threads = 1;
  Progress* progress = nullptr;
};

/// Layers by the member that holds them. A layer read from a pipe before the manifests were known may be one that
/// nobody asks for: its error counts only when somebody does.
using LayersByMember = std::map<std::string, Result<tree::LayerPtr>, std::less<>>;

/// Reads each distinct member once, largest first, on `threads` threads. The first failing layer, in image order, is
/// the error, named by its position and digest.
Result<std::vector<tree::LayerPtr>> read_layers(const archive::MemberStore& members, const image::ImageInfo& info,
                                                const ReadSettings& settings);

/// The image's layers out of those read from a pipe.
Result<std::vector<tree::LayerPtr>> pick_layers(const LayersByMember& layers, const image::ImageInfo& info);

}  // namespace imgslim::analysis
