#pragma once

namespace imgslim {

/// Reports a broken invariant of our own on stderr and ends the process with exit code 70.
[[noreturn]] void check_failed(const char* condition, const char* file, int line);

}  // namespace imgslim

/// On in every build: a false condition is a bug of imgslim, never of its input.
#define IMGSLIM_CHECK(condition) \
  ((condition) ? static_cast<void>(0) : ::imgslim::check_failed(#condition, __FILE__, __LINE__))
