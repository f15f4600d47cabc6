#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/limits.h"
#include "runtime/closure.h"

namespace imgslim::runtime {

/// Paths that somebody saw processes of the image open, one a line; empty lines and those that begin with "#" say
/// nothing.
struct TraceList {
  std::string name;  ///< of the file, for messages
  std::string text;
};

/// Whether every line is a path: absolute, or relative to the image's root as tar prints it. Errors: usage, with the
/// line, for what strace prints around a path and for what no path can be; limit (text_bytes, path_bytes).
Status check_trace(const TraceList& list, const Limits& limits);

/// Adds the files that the lists name, symlinks followed, and those that stand before the prefetch landmark of an
/// eStargz layer. What is in the closure as possible only becomes surer, what is surer already stays as it is. Paths
/// that are not in the image become notes. The lists have passed check_trace().
void add_traces(Closure& closure, const rootfs::FileSystem& files, const std::vector<TraceList>& lists);

}  // namespace imgslim::runtime
