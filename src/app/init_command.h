#pragma once

#include "app/options.h"

namespace imgslim::app {

/// Writes an .imgslim.yaml with what the image weighs today and a tenth more, or with the rules of a .dive-ci.
Status run_init(const Options& options);

}  // namespace imgslim::app
