#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "rootfs/file_system.h"
#include "runtime/closure.h"

namespace imgslim::memory {

/// Python modules that a process imports, by whether their compiled form is in the image and valid.
struct BytecodeState {
  std::uint64_t modules = 0, module_bytes = 0;               ///< sources that are imported, and their size
  std::uint64_t compiled_anew = 0, compiled_anew_bytes = 0;  ///< of those, the ones that each start compiles
  std::string first;                                         ///< one of them, "" when there is none
};

/// Of a CPython process, nothing of others: a module is compiled anew when `__pycache__` has no file for the
/// interpreter's version and -O level, or one that was made of a source with another time or size (PEP 3147, PEP 552).
/// With PYTHONPYCACHEPREFIX the image does not tell, and nothing is counted.
[[nodiscard]] BytecodeState bytecode_state(const runtime::Closure& closure, std::uint32_t index,
                                           const rootfs::FileSystem& files);

}  // namespace imgslim::memory
