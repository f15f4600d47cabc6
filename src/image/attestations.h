#pragma once

#include "image/catalog.h"

namespace imgslim::image {

/// Adds what the attestation manifests for `info.manifest_digest` prove: provenance, the sum of their blobs, notes.
/// Evidence that cannot be read is a note.
void add_attestations(ImageInfo& info, const Catalog& catalog, const BlobReader& reader);

}  // namespace imgslim::image
