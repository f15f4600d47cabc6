#pragma once

#include <string>
#include <vector>

#include "runtime/closure.h"
#include "runtime/process_closure.h"

namespace imgslim::runtime {

struct Completeness {
  Coverage coverage = Coverage::complete;
  /// Canonical paths in load order: of mapped objects that import dlopen and are not known to be harmless; when the
  /// modules of some of them are unknown, those alone.
  std::vector<std::string> openers;
};

/// Where an image has shared objects that are no libraries: what a plugin host could load.
class ModulePlaces {
 public:
  explicit ModulePlaces(const rootfs::FileSystem& files);
  /// Whether such objects stand in the directory (canonical) or below it.
  [[nodiscard]] bool has_below(const std::string& directory) const;

 private:
  std::vector<std::string> directories_;  // sorted
};

/// Whether a process is followed by another one in its place, as a shell script by what it executes in the end.
enum class Succession : std::uint8_t { followed, last };

/// Judges whether what a process maps and executes can bring in more than was found.
[[nodiscard]] Completeness assess(const rootfs::FileSystem& files, const LinkedProcess& process,
                                  const ModulePlaces& places, Succession succession);

/// What executes the program's code, with its version where the image states one: "python 3.11", "java 17.0.9",
/// "native", "static".
[[nodiscard]] std::string runtime_name(const rootfs::FileSystem& files, const LinkedProcess& process);

}  // namespace imgslim::runtime
