#pragma once

#include <cstddef>
#include <functional>

namespace imgslim {

/// Calls work(0) … work(count - 1), each once, on at most `threads` threads (0 counts as 1), the caller's among them,
/// and returns when all have ended. They start in order and may run at the same time: each writes only what is its
/// own, so that the outcome is the same for any number of threads. What is thrown first by index is thrown again.
void run_parallel(std::size_t threads, std::size_t count, const std::function<void(std::size_t)>& work);

}  // namespace imgslim
