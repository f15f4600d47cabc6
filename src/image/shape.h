#pragma once

#include "archive/member_store.h"

namespace imgslim::image {

/// What an input is by the names and the first bytes of its members, never by its own name.
enum class Shape {
  docker,              ///< manifest.json is an array; index.json may be there too
  oci,                 ///< oci-layout and index.json
  oci_without_layout,  ///< index.json and blobs/ only: buildx `type=oci,tar=false` of some versions
  skopeo,              ///< manifest.json is an object: skopeo's and podman's `dir:`
  docker_v1,           ///< repositories, */json and */layer.tar only: Docker before 1.10
  none,                ///< a root file system, or nothing known
};

[[nodiscard]] Shape detect_shape(const archive::MemberStore& members);

}  // namespace imgslim::image
