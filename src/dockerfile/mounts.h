#pragma once

#include <vector>

#include "dockerfile/flags.h"

namespace imgslim::dockerfile {

/// Reads one --mount of a RUN; what is wrong with it goes to `problems`. Fields whose values hold variables are not
/// judged.
[[nodiscard]] Mount read_mount(const ReadFlag& flag, std::vector<Problem>& problems);

}  // namespace imgslim::dockerfile
