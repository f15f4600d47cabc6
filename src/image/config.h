#pragma once

#include <string_view>
#include <vector>

#include "core/limits.h"
#include "image/image_info.h"
#include "imgslim/result.h"

namespace imgslim::image {

/// An image config as read: config.md's members under the names of ImageInfo.
struct ParsedConfig {
  Platform platform;
  ImageConfig config;
  std::vector<Digest> diff_ids;  ///< base first
  std::vector<HistoryStep> history;
};

/// Reads an image config (image-spec config.md; Docker's is the same with more members). Optional members may be null.
/// Input errors: no JSON object, no rootfs, a rootfs.type other than "layers", a diff_id that is no digest.
Result<ParsedConfig> parse_config(std::string_view text, const Limits& limits);

}  // namespace imgslim::image
