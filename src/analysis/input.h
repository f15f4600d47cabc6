#pragma once

#include <string>
#include <vector>

#include "analysis/layer_set.h"
#include "image/resolve.h"

namespace imgslim::analysis {

/// An image as it was read: its manifests' word and its layers' content, in the same order.
struct LoadedImage {
  image::ImageInfo info;
  std::vector<tree::LayerPtr> layers;
};

/// Tells what `location` is by its content, picks the image and reads its layers. Locations as AnalyzeOptions::image.
Result<LoadedImage> load_image(const std::string& location, const image::Selection& selection,
                               const ReadSettings& settings);

/// As load_image, for every platform of the image; a file or directory only, since a pipe passes once.
Result<std::vector<LoadedImage>> load_platforms(const std::string& location, const image::Selection& selection,
                                                const ReadSettings& settings);

/// Manifests only, no layer is read: for base images. A pipe is refused.
Result<image::ImageInfo> load_manifests(const std::string& location, const image::Selection& selection,
                                        const Limits& limits);

}  // namespace imgslim::analysis
