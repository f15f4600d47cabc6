#pragma once

#include "imgslim/result.h"

namespace imgslim::app {

/// What the process returns; docs/exit-codes.md is the promise.
enum class ExitCode : int {
  done = 0,
  gate_failed = 1,
  usage = 2,
  input = 3,
  limit = 4,
  environment = 5,
  internal = 70
};

[[nodiscard]] ExitCode exit_code_of(ErrorKind kind);

}  // namespace imgslim::app
