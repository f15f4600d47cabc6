#pragma once

#include "archive/byte_source.h"
#include "core/limits.h"
#include "measure/root_directory.h"

namespace imgslim::measure {

/// Unpacks a layer's blob over what the directory holds; whiteouts remove what layers below put there (OCI layer.md).
/// Errors: environment, and those of reading the layer.
Status unpack_layer(archive::ByteSource& blob, const Limits& limits, RootDirectory& root);

}  // namespace imgslim::measure
