#pragma once

#include <vector>

#include "runtime/closure.h"
#include "runtime/process_closure.h"

namespace imgslim::runtime {

struct MergedUses {
  std::vector<UsedFile> files;
  std::vector<std::vector<UseIndex>> objects;  ///< per process: what the linker maps, in load order
};

/// One row for each inode of all processes, with the reason of the surest process, the earlier one among equals. Chains
/// of `from` end at a program that the command line starts.
[[nodiscard]] MergedUses merge_uses(const rootfs::FileSystem& files, const std::vector<LinkedProcess>& processes);

}  // namespace imgslim::runtime
