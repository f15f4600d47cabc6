#pragma once

#include <string>
#include <vector>

#include "linker/cache.h"
#include "linker/link_map.h"

namespace imgslim::linker {

/// A directory below each search directory that is tried before it.
struct Subdirectory {
  std::string path;      ///< "glibc-hwcaps/x86-64-v3"
  bool assumed = false;  ///< whether it is used depends on the processor
};

/// What one build of glibc's loader has compiled in, and what it makes of the processor.
struct GlibcTraits {
  std::vector<std::string> system_directories;  ///< in search order, without trailing "/"
  std::string library_token;                    ///< $LIB
  std::vector<std::string> platforms;           ///< $PLATFORM, all that the processor may give
  std::vector<Subdirectory> subdirectories;     ///< in search order
  CacheWish cache;
};

/// Read from the interpreter's facts, and from the libc.so.6 beside it, which tells the version.
[[nodiscard]] GlibcTraits glibc_traits(const rootfs::FileSystem& files, const elf::ElfFacts& interpreter,
                                       const Environment& environment);

}  // namespace imgslim::linker
