#pragma once

#include <optional>

#include "core/byte_view.h"
#include "packages/package.h"

namespace imgslim::packages {

/// The package of one header as rpm's databases store it (index and data, without the 16 bytes that open a header in
/// a package file). Nothing when the bytes are no header; parts that contradict each other are left out and noted.
[[nodiscard]] std::optional<Package> read_rpm_header(ByteView blob, std::vector<Note>& notes);

}  // namespace imgslim::packages
