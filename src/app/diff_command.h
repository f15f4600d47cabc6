#pragma once

#include "app/options.h"

namespace imgslim::app {

/// Compares two images, saved reports or locks, and prints what grew and why.
Status run_diff(const Options& options);

}  // namespace imgslim::app
