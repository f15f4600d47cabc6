#pragma once

#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "image/descriptor.h"

namespace imgslim::image {

/// image-spec manifest.md; Docker's manifest v2 schema 2 has the same members.
struct Manifest {
  std::string artifact_type;
  BlobDescriptor config;
  std::vector<BlobDescriptor> layers;
  std::map<std::string, std::string> annotations;
};

/// image-spec image-index.md; Docker's manifest list has the same members.
struct Index {
  std::string artifact_type;
  std::vector<BlobDescriptor> manifests;
};

using Document = std::variant<Index, Manifest>;

/// Tells an index from a manifest by its content and reads it. Input errors: both at once (CVE-2021-41190), a media
/// type that contradicts the content, schema 1, neither.
Result<Document> parse_document(std::string_view text, const Limits& limits);

/// Reads a layout's index.json; `null` and a missing `manifests`, which Docker writes for images saved by id, are an
/// empty index.
Result<Index> parse_layout_index(std::string_view text, const Limits& limits);

/// What a manifest that is no container image holds ("a helm chart (…)"); "" when it is an image.
[[nodiscard]] std::string describe_artifact(const Manifest& manifest);

}  // namespace imgslim::image
