#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

/// What /proc tells of a process (proc(5), Documentation/filesystems/proc.rst).
namespace imgslim::measure {

/// Processes that are in the same process namespace, ascending; none when there is no such process.
[[nodiscard]] std::vector<pid_t> processes_in_namespace_of(pid_t pid);

/// User and system time so far, 0 for a process that is gone.
[[nodiscard]] std::uint64_t cpu_ticks(pid_t pid);

/// Resident memory by mapping.
struct ResidentMemory {
  struct File {
    std::uint64_t resident_bytes = 0, private_bytes = 0;  ///< private: own copies (smaps' Anonymous)
  };
  std::map<std::string, File> files;  ///< by path as the kernel shows it to this process
  std::uint64_t resident_bytes = 0, private_bytes = 0;
};

/// From /proc/PID/smaps; all 0 for a process that is gone or may not be looked at.
[[nodiscard]] ResidentMemory resident_memory(pid_t pid);

/// The same from the text of such a file.
[[nodiscard]] ResidentMemory parse_smaps(const std::string& text);

}  // namespace imgslim::measure
