#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/digest.h"
#include "imgslim/note.h"

namespace imgslim::image {

/// How the input is shaped; the report's `image.source`.
enum class SourceKind {
  docker_archive,
  oci_archive,
  oci_layout,
  docker_directory,
  skopeo_directory,
  rootfs_archive,
  rootfs_directory
};

/// "linux/arm64/v8"; members empty when not stated (OCI image-index.md, "platform").
struct Platform {
  std::string os, architecture, variant;
  [[nodiscard]] std::string text() const;
  friend bool operator==(const Platform&, const Platform&) = default;
};

/// OCI descriptor.md; size_bytes is what the manifest claims.
struct Descriptor {
  std::string media_type;
  Digest digest;
  std::uint64_t size_bytes = 0;
  std::map<std::string, std::string> annotations;
};

/// One step of the config's history, in order; `empty_layer` steps added no layer.
struct HistoryStep {
  std::string created, created_by, comment;
  bool empty_layer = false;
};

/// What the config says of running the image (config.md).
struct ImageConfig {
  std::string created, author, user, working_dir, stop_signal;
  std::vector<std::string> entrypoint, cmd, env, exposed_ports, volumes, shell;
  std::map<std::string, std::string> labels;
  std::vector<std::string> healthcheck;  ///< Docker's Healthcheck.Test
};

/// One layer of the image as the manifest lists it.
struct LayerRef {
  Descriptor descriptor;  ///< digest empty when the archive states none (docker-save of uncompressed layers)
  Digest diff_id;         ///< as rootfs.diff_ids claims; empty for a rootfs
  std::string member;     ///< resolved name in the MemberStore; "" when missing, foreign or the whole input (rootfs)
  std::string missing;    ///< why there is no content: "foreign layer", "blob not in the archive"; "" when there is
};

/// Where an instruction of the Dockerfile stands.
struct SourceRange {
  std::string file;
  std::uint32_t start_line = 0, end_line = 0;  ///< 1-based, inclusive
  friend bool operator==(const SourceRange&, const SourceRange&) = default;
};

/// What a BuildKit SLSA provenance attestation proves about one image (layers-and-inputs: evidence blobs).
struct Provenance {
  /// Layer blob digest or diff_id text -> the step's lines.
  std::map<std::string, SourceRange> layer_source;
  std::string dockerfile_name, dockerfile;  ///< the Dockerfile itself, when embedded (mode=max)
  std::vector<std::string> base_images;     ///< purls with digest
  std::optional<std::uint32_t>
      base_layers;  ///< how many lowest layers come from the FROM step, when the chain proves it
};

/// One image, chosen: everything its manifests say, nothing of its layers' content.
struct ImageInfo {
  SourceKind source = SourceKind::docker_archive;
  std::string reference;  ///< "api:pr-42", or "" when unnamed
  Digest manifest_digest, config_digest;
  Platform platform;
  ImageConfig config;
  std::vector<LayerRef> layers;  ///< base first
  std::vector<HistoryStep> history;
  std::map<std::string, std::string> annotations;  ///< of the manifest
  std::optional<Provenance> provenance;
  std::uint64_t attestation_bytes = 0;  ///< blobs of attestation manifests for this image
  std::vector<Note> notes;
};

}  // namespace imgslim::image
