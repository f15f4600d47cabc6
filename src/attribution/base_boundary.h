#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "attribution/instructions.h"
#include "core/digest.h"
#include "image/image_info.h"

namespace imgslim::attribution {

/// What the user says of the base image.
struct BaseHint {
  std::vector<Digest> diff_ids;  ///< of --base IMAGE; its name in `name`
  std::string name;
  std::optional<std::uint32_t> layers;  ///< of --base-layers
};

/// Where the base image ends, and which signal says so.
struct BaseBoundary {
  std::uint32_t layers = 0;
  std::string signal = "none";  ///< base-image | flag | provenance | dockerfile | history | history-gap | none
  std::string name;             ///< of the base image when something names it
  std::vector<Note> notes;
};

/// The strongest signal wins: the diff_ids of a given base image, a given count, provenance, the first layer that the
/// Dockerfile accounts for, the last CMD or ENTRYPOINT step below the final ones, a day's gap between steps.
[[nodiscard]] BaseBoundary find_base(const image::ImageInfo& info, const Instructions& instructions,
                                     const BaseHint& hint);

}  // namespace imgslim::attribution
