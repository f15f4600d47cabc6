#pragma once

#include <set>
#include <string>
#include <vector>

#include "entrypoint/process.h"
#include "image/image_info.h"
#include "linker/link_map.h"
#include "plugins/rule.h"
#include "runtime/reason_graph.h"

namespace imgslim::runtime {

/// What one process maps and reads, and why.
struct LinkedProcess {
  entrypoint::Process process;
  linker::LinkMap map;
  ReasonGraph graph;
  std::vector<NodeIndex> object_nodes;     ///< per object of `map`
  std::set<plugins::Via> fired;            ///< rules of which something was found, in tier likely or surer
  std::set<std::string> configured;        ///< canonical paths of mapped objects whose configuration was looked at
  std::vector<std::string> configuration;  ///< paths of the files that the program probably reads as its configuration
  bool cut = false;                        ///< a bound ended it: more might follow
};

/// A program that another one executes.
struct Executed {
  rootfs::Found file;
  std::string accessed;
  Tier tier = Tier::possible;
  std::string user;  ///< of the process that executes it
};

struct LinkInput {
  const rootfs::FileSystem& files;
  const image::ImageConfig& config;
  linker::CpuLevel cpu = linker::CpuLevel::x86_64_v3;
};

/// Links the process and applies the rules until they add nothing.
[[nodiscard]] LinkedProcess close_process(const LinkInput& input, const entrypoint::Process& process);

/// Programs that the process executes by the rules, in order of discovery; itself left out.
[[nodiscard]] std::vector<Executed> executed_by(const LinkedProcess& process);

}  // namespace imgslim::runtime
