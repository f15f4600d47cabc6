#pragma once

#include <string_view>

#include "packages/package.h"

namespace imgslim::packages {

/// The packages of apk's text database ([usr/]lib/apk/db/installed), in its order.
[[nodiscard]] PackageSet read_apk(std::string_view installed);

}  // namespace imgslim::packages
