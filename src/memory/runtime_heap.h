#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "memory/estimate.h"

namespace imgslim::memory {

/// Memory of a process that belongs to no mapped ELF file.
struct RuntimeHeap {
  std::string profile;  ///< see ProcessMemory
  ProcessKind kind = ProcessKind::tool;
  std::uint64_t bytes = 0, private_bytes = 0;
  std::uint64_t fixed_bytes = 0;     ///< of both, what the runtime has without any code
  std::uint64_t buffer_bytes = 0;    ///< of both, see ProcessMemory
  std::uint64_t bytecode_bytes = 0;  ///< of both, see ProcessMemory
  std::uint64_t cold_bytes = 0;      ///< see RuntimeProfile::cold_kib
};

/// What of a process the profiles go by.
struct HeapInput {
  const runtime::ProcessClosure& process;
  std::uint64_t code_bytes = 0;              ///< of source files that it loads, see ProcessMemory
  std::uint64_t application_code_bytes = 0;  ///< see ProcessMemory
  std::uint64_t modules = 0;                 ///< how many they are
  std::uint64_t text_bytes = 0;              ///< of its program
  std::uint64_t dirty_bytes = 0;             ///< written by the loader, all objects
  bool exposes_ports = false;
  bool has_opcode_cache = false;          ///< PHP's OPcache is among its objects
  std::uint64_t compiled_anew_bytes = 0;  ///< Python sources without valid bytecode
  std::uint64_t buffer_bytes = 0;         ///< see ProcessMemory
};

/// By whether any version of the process's runtime was measured, and how many source files it loads.
[[nodiscard]] UsedBy used_by(const HeapInput& input, const Coefficients& coefficients);

/// By the profile of its runtime and minor version, else of another version of it; of a native program by what was
/// measured of it ("native mariadbd"), else as native programs do. Of runtimes that are known to need more and were
/// never measured, the least.
[[nodiscard]] RuntimeHeap runtime_heap(const HeapInput& input, const Coefficients& coefficients);

/// What compiling Python sources of that size at start leaves in memory, of the runtime "python 3.11.2".
[[nodiscard]] std::uint64_t compiling_memory(std::uint64_t source_bytes, std::string_view runtime,
                                             const Coefficients& coefficients);

}  // namespace imgslim::memory
