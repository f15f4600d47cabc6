#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "attribution/package_owners.h"
#include "memory/coefficients.h"
#include "memory/part.h"
#include "rootfs/file_system.h"
#include "runtime/closure.h"

/// What a container of the image holds in memory when it has started and waits: which pages, of which file, and how
/// sure that is (docs/memory-model.md).
namespace imgslim::memory {

/// Bytes with the interval that 80 of 100 real values fall into.
struct ByteRange {
  std::uint64_t low = 0, estimate = 0;
  std::optional<std::uint64_t> high;  ///< nothing when only a lower bound is known
};

/// One part of a file in one process.
struct PartMemory {
  Part part = Part::header;
  std::uint64_t mapped_bytes = 0;
  std::uint64_t floor_bytes = 0;     ///< by the loader alone, on average over addresses
  std::uint64_t certain_bytes = 0;   ///< by the loader alone, at any address
  std::uint64_t dirty_bytes = 0;     ///< written by the loader
  std::uint64_t resident_bytes = 0;  ///< estimate; at least floor_bytes
  std::uint64_t private_bytes = 0;   ///< of those, the process's own copies and .bss
};

/// A mapped file: its own pages once, the private ones for each process.
struct ObjectMemory {
  runtime::UseIndex use = 0;
  ObjectKind kind = ObjectKind::library;
  bool indirect = false;  ///< see object_reach.h
  std::vector<PartMemory> parts;
  std::vector<std::uint32_t> processes;  ///< of Closure::processes, those that count
  ByteRange resident;
  std::uint64_t certain_bytes = 0, dirty_bytes = 0, private_bytes = 0;
};

/// One process. Its three kinds of pages sum to resident.estimate.
struct ProcessMemory {
  std::uint32_t process = 0;  ///< of Closure::processes
  ProcessKind kind = ProcessKind::tool;
  std::string profile;  ///< the measured runtime that stands for it: "python 3.11", "native", "native mariadbd", or ""
  ByteRange resident;
  std::uint64_t anonymous_bytes = 0;       ///< heap, stacks, .bss: no file is behind them
  std::uint64_t file_shareable_bytes = 0;  ///< pages of files as they are
  std::uint64_t file_private_bytes = 0;    ///< own copies of pages of files
  std::uint64_t certain_bytes = 0;
  std::uint64_t heap_bytes = 0;  ///< what belongs to no object: heap, stacks, mapped data
  std::uint64_t heap_private_bytes = 0;
  std::uint64_t buffer_bytes = 0;            ///< of the heap, what start_buffers.h tells of
  std::uint64_t bytecode_bytes = 0;          ///< of the heap, what compiling Python modules at start leaves behind
  std::uint64_t code_bytes = 0;              ///< of source files that it loads; of Perl and Ruby without comments
  std::uint64_t application_code_bytes = 0;  ///< of these, Java archives of a framework's application
  std::uint64_t workers = 0;                 ///< processes that it forks from itself at start
  std::string worker_pool;                   ///< which ones they are (WorkerPool::server), "" without workers
  std::uint64_t worker_bytes = 0;            ///< what all of them have of their own: part of the heap
};

/// The container: file pages that several processes map count once, so its bytes are a sum of PSS, and of one process
/// its RSS.
struct StartupEstimate {
  std::vector<ProcessMemory> processes;  ///< those that are there when the container has started
  std::vector<ObjectMemory> objects;     ///< in load order
  ByteRange resident;
  std::uint64_t anonymous_bytes = 0, file_shareable_bytes = 0, file_private_bytes = 0;
  std::uint64_t certain_bytes = 0;
  std::uint64_t heap_bytes = 0;         ///< resident.estimate less the objects
  std::uint64_t kernel_bytes = 0;       ///< page tables, stacks, structures that the container is charged for
  std::uint64_t cold_cache_bytes = 0;   ///< page cache that a first start brings in: whole files, by read-ahead
  std::uint64_t cold_active_bytes = 0;  ///< the part of it that does not stay on the inactive list
  std::string origin;                   ///< Coefficients::origin
  ByteRange start_limit;                ///< the least memory limit under which it starts: what cannot be reclaimed
};

/// What the estimate is told from.
struct EstimateInput {
  const runtime::Closure& closure;
  const rootfs::FileSystem& files;
  const attribution::PackageOwners& owners;
  bool exposes_ports = false;  ///< the image's config does
  unsigned processors = 2;     ///< that servers see which fork a worker for each of them
};

/// Of the main program and the services; what ran before them is gone. Nothing when no program is known.
[[nodiscard]] std::optional<StartupEstimate> estimate(const EstimateInput& input, const Coefficients& coefficients);

}  // namespace imgslim::memory
