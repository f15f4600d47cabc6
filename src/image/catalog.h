#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "image/blob_reader.h"
#include "image/docker_manifest.h"
#include "image/name_list.h"

namespace imgslim::image {

/// An image for one platform that the input holds, or at least lists.
struct Candidate {
  std::size_t image = 0;     ///< the same for all platforms of one image; images count from 0
  Platform platform;         ///< as stated
  Platform normal_platform;  ///< the same in containerd's spelling; Catalog::add sets it
  BlobDescriptor manifest;   ///< digest empty for an entry of manifest.json that no index.json describes
  Digest index_digest;       ///< of the index below the top that lists it
  Digest config_digest;
  std::optional<std::size_t> docker_entry;  ///< its entry in manifest.json, which then decides the layers
  bool complete = true;                     ///< all blobs are there, or lie elsewhere by design
};

/// An attestation manifest of BuildKit and the manifest that it speaks of.
struct Attestation {
  BlobDescriptor manifest;
  std::string subject;
};

/// Something that stands among the images and is none.
struct Artifact {
  std::vector<std::string> names;
  Digest digest;
  std::string what;  ///< "a helm chart (…)"
};

/// Everything an input offers to choose from.
struct Catalog {
  SourceKind source = SourceKind::docker_archive;
  BlobNames blob_names = BlobNames::oci;
  std::vector<DockerEntry> docker_entries;  ///< of manifest.json
  std::vector<Candidate> candidates;        ///< in the order of the lists, manifest.json first
  std::vector<NameList> image_names;        ///< tags and annotated names, by number of the image
  std::vector<Attestation> attestations;
  std::vector<Artifact> artifacts;
  std::vector<Note> notes;

  /// The number for a candidate that stands at the top of a list: that of an earlier image with the same names which
  /// lacks this platform (platforms listed side by side), else a new one.
  std::size_t place(const std::vector<std::string>& names, const Platform& platform);

  Candidate& add(Candidate candidate);

  [[nodiscard]] const std::vector<std::string>& names_of(const Candidate& candidate) const {
    return image_names[candidate.image].all();
  }
};

/// Reads the lists (manifest.json, index.json and nested indexes, skopeo's manifest.json), the manifests and the
/// configs that state a platform. Errors: input for what is no image archive or a list that cannot be read, limit.
Result<Catalog> read_catalog(const archive::MemberStore& members, Container container, Strictness strictness,
                             const Limits& limits);

}  // namespace imgslim::image
