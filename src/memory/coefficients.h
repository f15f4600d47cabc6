#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "imgslim/result.h"
#include "memory/part.h"

/// What was measured of real programs, as numbers: rules/memory/coefficients.json, written by ci/calibrate.
namespace imgslim::memory {

/// What a file is to its process: the parts of programs, of the C library and its loader, and of other libraries are
/// used differently.
enum class ObjectKind : std::uint8_t { program, go_program, c_library, library };
inline constexpr std::size_t object_kind_count = 4;

/// Parts are classed by size: up to 64 KiB, up to 128 KiB … above 32 MiB.
inline constexpr std::size_t size_class_count = 11;
[[nodiscard]] std::size_t size_class(std::uint64_t bytes);

/// How much of a part becomes resident beyond its floor, by size class.
struct Fraction {
  std::array<double, size_class_count> resident{};
  double written = 0;  ///< of that, what the process gets copies of
};

/// Language runtimes use the libraries that they share with native programs more: they initialise them on load, or have
/// them all bound. Those that load many modules run more of themselves (RuntimeProfile::many_modules). Native programs
/// with a runtime in them are linked as others are.
enum class UsedBy : std::uint8_t { native_tool, native_server, managed, managed_many };

/// The same of a known file, as a mean over the programs that it was measured in.
struct KnownShare {
  std::uint64_t programs = 0;
  double share = 0, written = 0;
};

/// Memory of a process that no ELF file backs: heap, stacks, mapped data.
struct RuntimeProfile {
  std::string runtime;  ///< "python 3.11", "go"
  double fixed_kib = 0;
  double per_code_kib = 0;               ///< for each KiB of code that it loads; of Go, of its program's text
  double per_module_kib = 0;             ///< for each source file that it loads, besides its code
  std::uint64_t many_modules = 0;        ///< source files from which on the compiler optimises at start; 0: never
  double per_root_kib = 0;               ///< for the square root of each KiB of a class path, in place of per_code_kib
  double per_application_kib = 0;        ///< for each KiB of a framework's application (ProcessMemory)
  double most_application_kib = 0;       ///< of which no more counts
  double private_share = 1;              ///< the rest are pages of files
  double without_class_sharing_kib = 0;  ///< what -Xshare:off adds to a Java machine
  double serving_kib = 0;                ///< of PHP, what OPcache's shared memory adds where requests are served
  double bytecode_most_kib = 0;  ///< of CPython, what compiling at start leaves at most: its memory is used again
  double cold_kib = 0;           ///< page cache of a first start besides that of ELF files and code
  std::uint64_t programs = 0;
};

/// Heap of a native program that was measured, as its package configures it.
struct ProgramHeap {
  double heap_kib = 0, private_share = 1;  ///< the rest are pages of files
};

/// What the processes that a server starts have of their own: each `own_kib` and a part of the heap of the process that
/// has the application.
struct WorkerMemory {
  double own_kib = 0, of_heap = 0;
  /// Of servers that leave the application to their workers: what the server itself has besides its runtime's
  /// `fixed_kib`, with processes that it starts besides. The heap that is estimated is then that of each worker.
  double server_kib = 0;
  double shared = 0;  ///< of what such a server has, what a worker goes on to share with it
};

/// Which interval a process's estimate has.
enum class ProcessKind : std::uint8_t { tool, server, managed, managed_other_version };
inline constexpr std::size_t process_kind_count = 4;

/// Factors of an estimate: 80 of 100 measured values lie between them.
struct Interval {
  double low = 0.5, high = 2;
};

struct Coefficients {
  std::string origin;  ///< on what they were measured, for people: "107 programs, Linux 6.18, 2026-11"
  std::array<std::array<Fraction, object_kind_count>, part_count> fractions{};
  /// By library_key(); with "@native", "@managed" … behind it, as one sort of programs uses them (object_memory.cpp).
  std::map<std::string, std::array<KnownShare, part_count>, std::less<>> files;
  std::vector<RuntimeProfile> runtimes;
  std::map<std::string, WorkerMemory, std::less<>> workers;  ///< by WorkerPool::server; "" for any other
  std::map<std::string, ProgramHeap, std::less<>> programs;  ///< by base name
  double native_heap_per_root_kib = 0;                       ///< KiB for the square root of each dirty KiB
  double kernel_fixed_kib = 0, kernel_per_process_kib = 0, kernel_per_resident = 0;
  double bytecode_own_per_source = 0;  ///< own bytes for each byte of Python source that a start compiles
  double cold_file_share = 0;    ///< of mapped ELF files and of code, what a first start brings into the page cache
  double cold_active_share = 0;  ///< of that, what does not stay on the inactive list
  std::array<Interval, process_kind_count> processes{};
  std::map<std::string, Interval, std::less<>> of_runtime;  ///< "java": where it is wider than `managed`
  Interval managed_workers;                                 ///< of language runtimes' servers with all their workers
  Interval object, own_managed, own_native;
};

/// "libssl" of "libssl.so.3", "python3.11" of a program, "_ssl" of "_ssl.cpython-311-x86_64-linux-gnu.so": what a file
/// is known by.
[[nodiscard]] std::string_view library_key(std::string_view base_name);

/// Reads a coefficient file. Errors (input): no JSON, another format, a number out of its range.
Result<Coefficients> parse_coefficients(std::string_view text);

/// Those that imgslim was built with.
[[nodiscard]] Coefficients built_in_coefficients();

}  // namespace imgslim::memory
