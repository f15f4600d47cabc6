#pragma once

#include <string>
#include <vector>

#include "runtime/closure.h"
#include "runtime/process_closure.h"

namespace imgslim::runtime {

struct Completeness {
  Coverage coverage = Coverage::complete;
  std::vector<std::string> openers;  ///< canonical paths in load order
};

/// Whether a process is followed by another one in its place, as a shell script by what it executes in the end.
enum class Succession : std::uint8_t { followed, last };

/// Judges whether what a process maps and executes can bring in more than was found.
[[nodiscard]] Completeness assess(const rootfs::FileSystem& files, const LinkedProcess& process, Succession succession);

/// What executes the program's code, with its version where the image states one: "python 3.11", "java 17.0.9",
/// "native", "static".
[[nodiscard]] std::string runtime_name(const rootfs::FileSystem& files, const LinkedProcess& process);

}  // namespace imgslim::runtime
