#pragma once

#include <map>
#include <string>
#include <vector>

#include "entrypoint/command.h"

namespace imgslim::entrypoint {

/// Follows command lines depth first and collects the process images, each once.
class Planner {
 public:
  explicit Planner(const rootfs::FileSystem& files) : files_(files) {}

  void follow(const Command& command);
  [[nodiscard]] Plan finish() &&;

 private:
  void refuse(const Command& command, Obstacle obstacle, std::string path, std::string detail);
  /// Records the image; false when it was known already with the same or a better tier.
  [[nodiscard]] bool record(const Program& program, const Next& next);

  struct Recorded {
    Process process;
    bool first_process = false;
  };

  const rootfs::FileSystem& files_;
  std::vector<Recorded> processes_;
  std::map<std::string, std::size_t> known_;  ///< what makes a process distinct -> position in processes_
  std::size_t steps_ = 0;
  Plan plan_;
};

/// What the program goes on to execute, by the rules of wrappers, supervisors, package managers and shells.
[[nodiscard]] Next next_commands(const rootfs::FileSystem& files, const Program& program);

}  // namespace imgslim::entrypoint
