#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "imgslim/libraries.h"
#include "imgslim/lint.h"
#include "imgslim/report.h"
#include "imgslim/result.h"
#include "imgslim/tree_view.h"
#include "imgslim/why.h"

namespace imgslim {

/// How far a run has come: bytes of the input read, of those known. Written by the library, polled by whoever shows it.
struct Progress {
  std::atomic<std::uint64_t> done_bytes{0};
  std::atomic<std::uint64_t> total_bytes{0};  ///< 0 while unknown (a pipe)
};

/// Paths that processes of the image were seen to open, one a line.
struct TraceFile {
  std::string name;  ///< for messages
  std::string text;
};

/// What to analyze and how. Paths are on the caller's disk.
struct AnalyzeOptions {
  std::string
      image;  ///< archive, layout directory, root file system, "-", docker://NAME, podman://NAME, registry://NAME
  std::string reference;  ///< which image of an archive: name, number from 1 or digest; "" = the only one
  std::string platform;   ///< "os/arch[/variant]"; "" = the host's if there, else the only one
  std::optional<LintSource> dockerfile;  ///< the image's, and what lies around it
  LintOptions rules;                     ///< which rules count; build arguments of the Dockerfile
  Ruleset ruleset = Ruleset::built_in();
  std::optional<std::vector<std::string>> command;  ///< in place of CMD, as `docker run IMAGE …` gives it
  std::vector<TraceFile> traces;
  std::string cpu;         ///< "x86-64-v1" to "x86-64-v4": what glibc-hwcaps are chosen by; "" = x86-64-v3
  std::string base_image;  ///< archive or layout of the base image, "" = none
  std::optional<std::uint32_t> base_layers;
  std::vector<std::string> have;  ///< on the node: images as `base_image`, layers as "sha256:…" (diff_id or blob)
  std::optional<std::uint64_t> bytes_per_second;    ///< that a pull has
  std::optional<std::uint64_t> memory_limit_bytes;  ///< of the container: what starts and grows under it
  unsigned processors = 0;                          ///< that the container may use; 0 = 2
  std::vector<std::string> limits;                  ///< "NAME=VALUE" (docs/limits.md)
  unsigned threads = 0;                             ///< 0 = the machine's; never changes the result
  bool strict = false;                              ///< digests and sizes that disagree are errors
  bool allow_missing = false;                       ///< blobs that are not in the archive become notes
  Progress* progress = nullptr;                     ///< may be null; outlives the call
};

/// What `imgslim analyze` finds out.
struct AnalyzeResult {
  Report report;
  TreeView tree;  ///< empty unless asked for
};

enum class WithTree { no, yes };

/// Reads an image once and accounts for every byte. Errors: usage (bad options), input (not an image, corrupt,
/// ambiguous), limit, environment.
Result<AnalyzeResult> analyze(const AnalyzeOptions& options, WithTree with_tree);

/// One report for each platform of the image, in the order of its index.
Result<std::vector<Report>> analyze_platforms(const AnalyzeOptions& options);

/// What the command of the image loads, up to a tier: certain, declared, likely or possible.
Result<LibrariesAnswer> find_libraries(const AnalyzeOptions& options, const std::string& confidence);

/// What the command of the image holds in memory when it has started.
Result<MemoryAnswer> estimate_memory(const AnalyzeOptions& options);

/// Where a path or package of an image comes from.
Result<WhyAnswer> explain(const AnalyzeOptions& options, const std::string& path_or_package);

}  // namespace imgslim
