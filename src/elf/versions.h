#pragma once

#include <string>
#include <vector>

#include "elf/dynamic_section.h"

namespace imgslim::elf {

/// DT_VERNEED: versions wanted by library, weak ones left out. At most 65,536 records are followed.
[[nodiscard]] std::vector<VersionNeed> read_version_needs(const LoadedImage& image, const DynamicSection& section);

/// Names of DT_VERDEF, the file's own base name left out. At most 65,536 records are followed.
[[nodiscard]] std::vector<std::string> read_version_definitions(const LoadedImage& image,
                                                                const DynamicSection& section);

}  // namespace imgslim::elf
