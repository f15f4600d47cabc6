#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "imgslim/result.h"

namespace imgslim::measure {

/// What is started, and where.
struct Launch {
  std::string root;  ///< directory of this machine
  std::vector<std::string> argv;
  std::vector<std::string> environment;  ///< "NAME=value"
  std::string working_directory = "/";
  std::uint64_t uid = 0, gid = 0;
};

/// A process in namespaces of its own (users unless this process may do without, mounts, processes, network, IPC, host
/// name), with the directory as its root, /proc, and a /dev of harmless devices: a container without an engine. Its
/// network has a loopback device only. Killed with all that it started when this goes.
class Container {
 public:
  /// Errors: environment, when the kernel refuses namespaces or the program cannot be executed.
  static Result<Container> start(const Launch& launch);
  Container(Container&& other) noexcept;
  Container& operator=(Container&&) = delete;
  ~Container();

  /// Waits until no process of it has used the CPU for a while, or `most_seconds`; false when it has ended.
  [[nodiscard]] bool wait_until_idle(unsigned most_seconds) const;
  /// Its processes as this process sees them, the first one first.
  [[nodiscard]] std::vector<pid_t> processes() const;

 private:
  Container(pid_t outside, pid_t first) : outside_(outside), first_(first) {}

  pid_t outside_;  ///< keeps the namespaces' parent: the first process is its child
  pid_t first_;
};

}  // namespace imgslim::measure
