#pragma once

#include <string>
#include <vector>

#include "elf/loaded_image.h"

namespace imgslim::elf {

/// True for glibc's dynamic linker, told by its soname (ld-linux-x86-64.so.2, ld.so.1, ld64.so.2 …).
[[nodiscard]] bool is_dynamic_linker(const ElfFacts& facts);

/// The directories that glibc's dynamic linker searches last: the longest run of two or more adjacent strings in its
/// read-only data that are absolute paths ending in "/", one of which names a "lib". Empty when there is none.
[[nodiscard]] std::vector<std::string> find_system_directories(const LoadedImage& image);

}  // namespace imgslim::elf
