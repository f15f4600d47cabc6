#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "imgslim/analyze.h"
#include "imgslim/memory.h"

namespace imgslim {

/// A file in the estimate, in the measured process, or in both. `.bss` is not counted: the kernel tells it apart from
/// the heap only by address.
struct MeasuredObject {
  std::string path;
  bool predicted = false;  ///< in the estimate
  bool mapped = false;     ///< by the process
  std::uint64_t estimate_bytes = 0, measured_bytes = 0;
  std::uint64_t estimate_private_bytes = 0, measured_private_bytes = 0;
  friend bool operator==(const MeasuredObject&, const MeasuredObject&) = default;
};

/// The answer to `imgslim measure IMAGE --run` (JSON: `imgslim.measure/1`): the image's main program, started on this
/// machine, and what was said of it.
struct MeasureAnswer {
  std::string image;            ///< reference, "" when unnamed
  std::string program;          ///< that was looked at
  std::uint64_t processes = 0;  ///< of the container when it was
  MemoryRange estimate;         ///< of that process
  std::uint64_t measured_bytes = 0;
  std::uint64_t estimate_private_bytes = 0, measured_private_bytes = 0;
  bool in_range = false;                ///< measured_bytes lies within the estimate's range
  std::vector<MeasuredObject> objects;  ///< the largest first
  friend bool operator==(const MeasureAnswer&, const MeasureAnswer&) = default;
};

/// Where and how long.
struct MeasureOptions {
  std::string directory = "/var/tmp";  ///< where the image is unpacked; removed afterwards
  unsigned seconds = 30;               ///< the longest wait for the program to come to rest
};

/// Unpacks the image, starts its command in namespaces of its own, without an engine, reads its memory when it has come
/// to rest, and kills it. This executes the image: the caller has asked whoever is responsible. Linux 5.6, an image
/// archive or layout on disk; root, or a kernel that lets users make namespaces. Errors: usage, input, environment.
Result<MeasureAnswer> measure_memory(const AnalyzeOptions& options, const MeasureOptions& measure);

}  // namespace imgslim
