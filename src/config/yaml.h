#pragma once

#include <string_view>

#include "json/located.h"

namespace imgslim::config {

/// Parses the YAML that configurations are written in: one document of maps, lists and scalars. Anchors, aliases, tags
/// and duplicate keys are refused: what a file says must be seen in it. Plain true and false are booleans, plain null
/// and nothing are null, every other scalar is a string as written (12 and 012 too). Errors are usage:
/// "FILE:LINE:COLUMN: what is wrong".
Result<json::Located> parse_yaml(std::string_view text, std::string_view file);

}  // namespace imgslim::config
