#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runtime/closure.h"

namespace imgslim::runtime {

enum class Severity : std::uint8_t { info, warning, error };

struct Evidence {
  std::string path;  ///< absolute; may be a missing file
  std::uint64_t bytes = 0;
};

/// Something about the image's run time that will fail or surprise. SL5001 to SL5018 are those of the catalogue of lint
/// rules; SL5019: a directory of ld.so.conf whose libraries are not in ld.so.cache; SL5020: ld.so.cache names missing
/// files; SL5021: an empty or relative element in a search path of libraries; SL5022: an object of glibc in a process
/// of musl.
struct Finding {
  std::string rule;  ///< "SL5004"
  Severity severity = Severity::warning;
  std::string message;  ///< one sentence that names the file and what to do
  std::string path;     ///< the file it is about, absolute; "" for the config
  std::vector<Evidence> evidence;
  std::optional<std::uint32_t> layer;  ///< that it is about, when no path tells
  std::string instruction;             ///< that states what it is about in the config: "USER", "ENV TZ"; "" = a file
};

/// In the order of rule, then path. Judged from the image alone: rules that need a Dockerfile are not among them.
[[nodiscard]] std::vector<Finding> find_runtime_problems(const Closure& closure, const rootfs::FileSystem& files,
                                                         const image::ImageConfig& config,
                                                         const image::Platform& platform);

}  // namespace imgslim::runtime
