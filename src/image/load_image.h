#pragma once

#include "image/catalog.h"

namespace imgslim::image {

/// What loading the chosen candidate needs.
struct LoadContext {
  const Catalog& catalog;
  const BlobReader& reader;
  Verifier& verifier;
  MissingBlobs missing_blobs;
};

/// Reads an image whose layers manifest.json lists.
Result<ImageInfo> load_docker_image(const LoadContext& context, const Candidate& candidate);

/// Reads an image whose layers its OCI (or Docker schema 2) manifest lists.
Result<ImageInfo> load_oci_image(const LoadContext& context, const Candidate& candidate);

}  // namespace imgslim::image
