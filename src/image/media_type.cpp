#include "image/media_type.h"

#include <algorithm>
#include <array>

namespace imgslim::image {
namespace {

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

template <std::size_t N>
bool is_one_of(std::string_view text, const std::array<std::string_view, N>& words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

struct NamedPart {
  std::string_view part;
  std::string_view name;
};

/// First match wins: "vnd.dev.cosign" also stands in types of attestations that cosign stores.
constexpr std::array artifact_names{
    NamedPart{"vnd.dev.cosign", "a cosign signature"},
    NamedPart{"vnd.dev.sigstore", "a sigstore bundle"},
    NamedPart{"vnd.cncf.notary", "a Notary signature"},
    NamedPart{"dsse.envelope", "a signed attestation"},
    NamedPart{"vnd.in-toto", "an attestation"},
    NamedPart{"vnd.docker.attestation", "an attestation"},
    NamedPart{"vnd.cncf.helm", "a helm chart"},
    NamedPart{"vnd.amazon.soci", "a SOCI index"},
    NamedPart{"vnd.buildkit.cacheconfig", "a BuildKit cache"},
    NamedPart{"vnd.docker.plugin", "a Docker plugin"},
    NamedPart{"vnd.sylabs.sif", "a SIF (Singularity) image"},
    NamedPart{"vnd.docker.ai", "a machine learning model"},
    NamedPart{"vnd.ollama.image", "a machine learning model"},
    NamedPart{"wasm", "a WebAssembly module"},
    NamedPart{"spdx", "an SBOM"},
    NamedPart{"cyclonedx", "an SBOM"},
};

}  // namespace

bool is_index_type(std::string_view media_type) {
  return media_type == "application/vnd.oci.image.index.v1+json" ||
         media_type == "application/vnd.docker.distribution.manifest.list.v2+json";
}

bool is_manifest_type(std::string_view media_type) {
  return media_type == "application/vnd.oci.image.manifest.v1+json" ||
         media_type == "application/vnd.docker.distribution.manifest.v2+json";
}

bool is_schema1_type(std::string_view media_type) {
  return media_type.starts_with("application/vnd.docker.distribution.manifest.v1+");
}

bool is_image_config_type(std::string_view media_type) {
  return media_type.empty() || media_type == "application/vnd.oci.image.config.v1+json" ||
         media_type == "application/vnd.docker.container.image.v1+json";
}

bool is_tar_layer_type(std::string_view media_type) {
  static constexpr std::array<std::string_view, 4> bases{
      "application/vnd.oci.image.layer.v1.tar",
      "application/vnd.oci.image.layer.nondistributable.v1.tar",
      "application/vnd.docker.image.rootfs.diff.tar",
      "application/vnd.docker.image.rootfs.foreign.diff.tar",
  };
  static constexpr std::array<std::string_view, 5> compressions{"", "+gzip", "+zstd", ".gzip", ".zstd"};
  if (media_type.empty()) return true;
  return std::any_of(bases.begin(), bases.end(), [&](std::string_view base) {
    return media_type.starts_with(base) && is_one_of(media_type.substr(base.size()), compressions);
  });
}

bool is_foreign_layer_type(std::string_view media_type) {
  return is_tar_layer_type(media_type) &&
         (contains(media_type, ".nondistributable.") || contains(media_type, ".foreign."));
}

bool is_document_type(std::string_view media_type) {
  return media_type.ends_with("json") || media_type.ends_with("yaml") || media_type.starts_with("text/") ||
         media_type.starts_with("application/vnd.cncf.helm.") ||
         media_type.starts_with("application/vnd.dev.cosign.") || media_type.starts_with("application/vnd.in-toto");
}

std::string refuse_layer_type(std::string_view media_type) {
  const auto quoted = " (" + std::string(media_type) + ")";
  if (media_type.ends_with("+encrypted"))
    return "an encrypted layer" + quoted +
           ", expected a tar; decrypt it first: skopeo copy --decryption-key KEY SOURCE oci:DIRECTORY";
  if (contains(media_type, "nydus"))
    return "a nydus blob" + quoted + ", expected a tar; analyze the image that it was converted from";
  if (contains(media_type, "erofs"))
    return "an EROFS blob" + quoted + ", expected a tar; analyze the image that it was converted from";
  if (contains(media_type, "vnd.sylabs.sif"))
    return "a SIF (Singularity) image" + quoted +
           ", expected a tar; unpack it with \"apptainer build --sandbox DIRECTORY FILE\" and analyze the directory";
  if (is_document_type(media_type))
    return artifact_name(media_type) + ", not a file system layer; choose the image itself";
  return "";
}

std::string artifact_name(std::string_view media_type) {
  const auto quoted = " (" + std::string(media_type) + ")";
  for (const auto& [part, name] : artifact_names)
    if (contains(media_type, part)) return std::string(name) + quoted;
  return "an OCI artifact" + quoted;
}

}  // namespace imgslim::image
