#pragma once

#include <map>
#include <optional>
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
  /// False when the image was followed already with the same or a better tier.
  [[nodiscard]] bool is_news(const Program& program);
  void record(const Program& program, const Next& next);

  struct Recorded {
    Process process;
    bool first_process = false;
  };

  const rootfs::FileSystem& files_;
  std::vector<Recorded> processes_;
  struct Known {
    Tier tier;
    std::optional<std::size_t> position;  ///< in processes_
  };
  std::map<std::string, Known> known_;  ///< by what makes a process distinct
  std::size_t steps_ = 0, script_steps_ = 0;
  Plan plan_;
};

/// What the program goes on to execute, by the rules of wrappers, supervisors, package managers and shells. At most
/// `script_steps` commands of scripts are run for it.
[[nodiscard]] Next next_commands(const rootfs::FileSystem& files, const Program& program, std::size_t script_steps);

}  // namespace imgslim::entrypoint
