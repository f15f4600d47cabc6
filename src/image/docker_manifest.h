#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/limits.h"
#include "image/image_info.h"
#include "imgslim/result.h"

namespace imgslim::image {

/// One element of the manifest.json that `docker save` writes; paths are clean names of members.
struct DockerEntry {
  std::string config;
  std::vector<std::string> tags;
  std::vector<std::string> layers;  ///< base first; may repeat
  std::map<std::string, Descriptor>
      sources;  ///< LayerSources by diff_id text (Docker 25 and newer, and foreign layers)
};

/// Reads a docker-save manifest.json. Errors: input when it is no array of objects that each name a config.
Result<std::vector<DockerEntry>> parse_docker_manifest(std::string_view text, const Limits& limits);

/// The digest that a member's name states: `blobs/ALGORITHM/HEX`, `HEX.json`, `sha256:HEX`; empty when it states none.
[[nodiscard]] Digest digest_in_name(std::string_view member);

}  // namespace imgslim::image
