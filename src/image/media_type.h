#pragma once

#include <string>
#include <string_view>

namespace imgslim::image {

// The media types of image-spec media-types.md and of Docker's image manifest v2 schema 2, and the names of what is no
// image.

[[nodiscard]] bool is_index_type(std::string_view media_type);
[[nodiscard]] bool is_manifest_type(std::string_view media_type);
/// Docker's image manifest v2 schema 1, signed or not.
[[nodiscard]] bool is_schema1_type(std::string_view media_type);
/// "" counts as one: early archives state no type.
[[nodiscard]] bool is_image_config_type(std::string_view media_type);
/// A tar layer, compressed or not, distributable or not; "" counts as one.
[[nodiscard]] bool is_tar_layer_type(std::string_view media_type);
/// Layers whose content may lie elsewhere: nondistributable (OCI) and foreign (Docker).
[[nodiscard]] bool is_foreign_layer_type(std::string_view media_type);
/// Evidence, signatures, documents: content that is no file system, whatever it is packed in.
[[nodiscard]] bool is_document_type(std::string_view media_type);

/// What a layer of this type is and how to get one that can be read ("an encrypted layer; decrypt …"); "" when nothing
/// speaks against it.
[[nodiscard]] std::string refuse_layer_type(std::string_view media_type);

/// "a helm chart", "a cosign signature" …: what an artifact with this config, layer or artifact type is.
[[nodiscard]] std::string artifact_name(std::string_view media_type);

}  // namespace imgslim::image
