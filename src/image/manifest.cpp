// The two JSON documents of an OCI layout or registry: an index lists manifests for several platforms, a manifest lists
// a config and layers. Their media type is only a claim, stated by the descriptor, by the document or by neither;
// readers that believed different claims saw different images (CVE-2021-41190), so the content decides and a
// contradiction is an error. Docker's manifest list and schema 2 manifest have the same members. Schema 1 (`fsLayers`,
// no config) is what registries served before 2016.
#include "image/manifest.h"

#include "image/media_type.h"

namespace imgslim::image {
namespace {

std::vector<BlobDescriptor> parse_descriptors(const json::Value& array) {
  std::vector<BlobDescriptor> descriptors;
  if (!array.is_array()) return descriptors;
  for (const auto& item : array) descriptors.push_back(parse_descriptor(item));
  return descriptors;
}

Index parse_index(const json::Value& value) {
  return {.artifact_type = json::string_member(value, "artifactType"),
          .manifests = parse_descriptors(json::member(value, "manifests"))};
}

Manifest parse_manifest(const json::Value& value) {
  return {.artifact_type = json::string_member(value, "artifactType"),
          .config = parse_descriptor(json::member(value, "config")),
          .layers = parse_descriptors(json::member(value, "layers")),
          .annotations = parse_string_map(json::member(value, "annotations"))};
}

Status check_kind(const json::Value& value) {
  const bool has_manifests = json::member(value, "manifests").is_array();
  const bool has_layers = json::member(value, "layers").is_array() || json::member(value, "config").is_object();
  const auto media_type = json::string_member(value, "mediaType");
  if (has_manifests && has_layers)
    return input_error(
        "both \"manifests\" and \"layers\": neither an index nor a manifest (CVE-2021-41190); build or pull the image "
        "again");
  if (has_manifests ? is_manifest_type(media_type) : has_layers && is_index_type(media_type))
    return input_error("the media type " + media_type +
                       " contradicts the content (CVE-2021-41190); build or pull the image again");
  if (is_schema1_type(media_type) || json::member(value, "fsLayers").is_array())
    return input_error(
        "a Docker manifest of schema 1, which has no config; convert it: skopeo copy --format v2s2 SOURCE "
        "docker-archive:FILE");
  return Done{};
}

}  // namespace

Result<Document> parse_document(std::string_view text, const Limits& limits) {
  IMGSLIM_TRY(const auto value, json::parse(text, limits));
  IMGSLIM_TRY_DONE(check_kind(value));
  if (json::member(value, "manifests").is_array()) return Document(parse_index(value));
  if (json::member(value, "config").is_object() || json::member(value, "layers").is_array())
    return Document(parse_manifest(value));
  return input_error("neither an image index nor an image manifest");
}

Result<Index> parse_layout_index(std::string_view text, const Limits& limits) {
  IMGSLIM_TRY(const auto value, json::parse(text, limits));
  if (!value.is_null() && !value.is_object()) return input_error("not an image index: expected a JSON object");
  IMGSLIM_TRY_DONE(check_kind(value));
  return parse_index(value);
}

std::string describe_artifact(const Manifest& manifest) {
  const auto& config_type = manifest.config.descriptor.media_type;
  if (!is_image_config_type(config_type)) {
    const bool says_nothing =
        config_type == "application/vnd.oci.empty.v1+json" || config_type == "application/vnd.oci.scratch.v1+json";
    if (!says_nothing) return artifact_name(config_type);
    return artifact_name(manifest.artifact_type.empty() ? config_type : manifest.artifact_type);
  }
  // cosign stores signatures as manifests with an image config: only the layers tell.
  for (const auto& layer : manifest.layers)
    if (!is_document_type(layer.descriptor.media_type)) return "";
  return manifest.layers.empty() ? "" : artifact_name(manifest.layers.front().descriptor.media_type);
}

}  // namespace imgslim::image
