#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "imgslim/finding.h"

/// What a container of the image holds in memory when it has started and waits (docs/memory-model.md). Estimates, with
/// what is certain beside them; nothing here is measured on the image itself. Paths are as everywhere in a report.
///
/// Three kinds of pages partition every sum: `anonymous` (heap, stacks, .bss), `file_private` (own copies of pages of
/// files, relocated ones above all) and `file_shareable` (pages of files as they are: once for a node and layer,
/// however many containers map them).
namespace imgslim {

/// 80 of 100 real values lie between `low` and `high`; without `high` only a lower bound is known.
struct MemoryRange {
  std::uint64_t low = 0, estimate = 0;
  std::optional<std::uint64_t> high;
  friend bool operator==(const MemoryRange&, const MemoryRange&) = default;
};

/// A part of a mapped file.
struct MemoryPart {
  std::string part;                ///< header | text | rodata | relro | data | bss
  std::uint64_t mapped_bytes = 0;  ///< of one process, as all here
  std::uint64_t floor_bytes = 0;   ///< resident by the loader's work alone, on average over load addresses
  std::uint64_t dirty_bytes = 0;   ///< written by the loader: exact
  std::uint64_t rss_bytes = 0;
  std::uint64_t private_bytes = 0;
  friend bool operator==(const MemoryPart&, const MemoryPart&) = default;
};

/// A mapped file: shareable pages once, private ones for each process.
struct MemoryObject {
  std::string path;
  std::string kind;       ///< program | go_program | c_library | library
  bool indirect = false;  ///< only because a library of another source package needs it
  std::uint32_t layer = 0;
  std::optional<std::string> package;
  std::vector<std::uint32_t> processes;  ///< positions in ReportRuntime::processes
  MemoryRange rss_bytes;
  std::uint64_t certain_bytes = 0;        ///< the loader makes them resident wherever the file is mapped
  std::uint64_t private_bytes = 0;        ///< of the estimate
  std::uint64_t private_dirty_bytes = 0;  ///< written by the loader: exact
  std::vector<MemoryPart> parts;
  friend bool operator==(const MemoryObject&, const MemoryObject&) = default;
};

struct MemoryProcess {
  std::uint32_t process = 0;  ///< position in ReportRuntime::processes
  std::string program;
  std::string runtime;                 ///< as in RuntimeProcess
  std::optional<std::string> profile;  ///< whose measured heap stands for it; empty: only a lower bound is known
  std::string kind;                    ///< tool | server | managed | managed_other_version
  MemoryRange rss_bytes;
  std::uint64_t anonymous_bytes = 0, file_shareable_bytes = 0, file_private_bytes = 0;
  std::uint64_t certain_bytes = 0;
  std::uint64_t heap_bytes = 0;              ///< heap, stacks and mapped data: what belongs to no object
  std::uint64_t code_bytes = 0;              ///< of source files that it loads; of Perl and Ruby without comments
  std::uint64_t application_code_bytes = 0;  ///< of these, Java archives of a framework's application
  std::uint64_t bytecode_bytes = 0;          ///< of heap_bytes, what compiling Python modules at start leaves behind
  std::uint64_t buffer_bytes = 0;            ///< of heap_bytes, what it is told to fill at start (AlwaysPreTouch …)
  std::uint64_t workers = 0;                 ///< processes that it forks from itself at start
  std::string worker_pool;                   ///< "nginx", "gunicorn", "gunicorn --preload" …; "" without workers
  std::uint64_t worker_bytes = 0;            ///< what they have of their own; part of heap_bytes
  friend bool operator==(const MemoryProcess&, const MemoryProcess&) = default;
};

/// A row of a dimension over the objects.
struct MemoryLayer {
  std::uint32_t layer = 0;
  std::uint64_t rss_bytes = 0, private_bytes = 0;
  friend bool operator==(const MemoryLayer&, const MemoryLayer&) = default;
};
struct MemoryPackage {
  std::string name;  ///< "[no package]" for what none owns
  std::uint64_t rss_bytes = 0, private_bytes = 0;
  friend bool operator==(const MemoryPackage&, const MemoryPackage&) = default;
};

/// The least memory limit under which the container starts: what cannot be reclaimed.
struct MemoryFloor {
  std::uint64_t low = 0;
  std::optional<std::uint64_t> high;
  friend bool operator==(const MemoryFloor&, const MemoryFloor&) = default;
};

/// rss_bytes.estimate = anonymous + file_shareable + file_private = Σ objects + heap = Σ layers + heap = Σ packages +
/// heap.
struct MemoryStartup {
  MemoryRange rss_bytes;  ///< file pages that several processes map count once
  std::uint64_t anonymous_bytes = 0, file_shareable_bytes = 0, file_private_bytes = 0;
  std::uint64_t certain_bytes = 0;
  std::uint64_t heap_bytes = 0;
  std::uint64_t kernel_bytes = 0;  ///< page tables and the like that a container is charged for; no part of RSS
  MemoryFloor floor_bytes;
  std::vector<MemoryProcess> processes;
  std::vector<MemoryObject> objects;  ///< the largest first
  std::vector<MemoryLayer> layers;    ///< lowest first, those with something
  std::vector<MemoryPackage> packages;
  std::string model;                     ///< which model, measured on what
  std::vector<std::string> assumptions;  ///< what the figures hold for
  friend bool operator==(const MemoryStartup&, const MemoryStartup&) = default;
};

/// A layer that stores files again, unchanged: containers of the layers below have other page caches of them.
struct SharingLoss {
  std::uint32_t layer = 0;         ///< that stored them again
  std::string instruction;         ///< "RUN chmod -R 755 /usr/lib"
  std::uint64_t files = 0;         ///< mapped ones
  std::uint64_t lost_bytes = 0;    ///< of file_shareable_bytes
  std::uint64_t copied_bytes = 0;  ///< contents that the layer stores again, mapped or not
  friend bool operator==(const SharingLoss&, const SharingLoss&) = default;
};
struct MemorySharing {
  std::uint64_t lost_bytes = 0;
  std::vector<SharingLoss> layers;
  friend bool operator==(const MemorySharing&, const MemorySharing&) = default;
};

/// What a tool will show of a container that has just started.
struct MemoryView {
  std::string tool;                 ///< "docker stats", "kubectl top" …
  std::string meaning;              ///< what it adds up
  std::uint64_t first_replica = 0;  /// of a node whose page cache has nothing of the image
  std::uint64_t next_replica = 0;   ///< the same layers are in the page cache already
  friend bool operator==(const MemoryView&, const MemoryView&) = default;
};

/// A heap that a runtime makes for itself under a memory limit.
struct MemoryHeapLimit {
  std::string program, runtime;
  std::uint64_t heap_bytes = 0;  ///< the most that it lets its heap grow to
  std::string collector;         ///< "Serial", "G1"; "" when there is no choice
  std::string reason;            ///< the rule or flag: "25 % of the limit"
  bool over_limit = false;       ///< heap and what else it needs exceed the limit
  friend bool operator==(const MemoryHeapLimit&, const MemoryHeapLimit&) = default;
};

/// The check of a memory limit.
struct MemoryLimitCheck {
  std::uint64_t limit_bytes = 0;
  std::string verdict;               ///< starts | may_not_start | does_not_start
  std::uint64_t headroom_bytes = 0;  ///< limit less what cannot be reclaimed, 0 when there is none
  std::vector<MemoryHeapLimit> heaps;
  friend bool operator==(const MemoryLimitCheck&, const MemoryLimitCheck&) = default;
};

struct ReportMemory {
  MemoryStartup startup;
  MemorySharing sharing;
  std::vector<MemoryView> tools;
  std::optional<MemoryLimitCheck> limit;  ///< with --limit
  friend bool operator==(const ReportMemory&, const ReportMemory&) = default;
};

/// The answer to `imgslim memory IMAGE` (JSON: `imgslim.memory/1`).
struct MemoryAnswer {
  std::string image;                    ///< reference, "" when unnamed
  std::optional<ReportMemory> memory;   ///< empty when no program is known
  std::vector<ReportFinding> findings;  ///< those about memory
  friend bool operator==(const MemoryAnswer&, const MemoryAnswer&) = default;
};

}  // namespace imgslim
