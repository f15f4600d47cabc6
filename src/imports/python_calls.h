#pragma once

#include <string_view>

#include "imports/import_list.h"

namespace imgslim::imports {

/// Mentions what code outside of functions calls, and what decorates. Lines are enough: a text that is no code gives
/// names too many.
void mention_calls(std::string_view text, ImportList& list);

}  // namespace imgslim::imports
