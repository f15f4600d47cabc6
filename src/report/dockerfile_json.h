#pragma once

#include <string>
#include <string_view>

#include "dockerfile/ast.h"

namespace imgslim::report {

inline constexpr const char* dockerfile_schema = "imgslim.dockerfile/1";

/// A Dockerfile's tree (`imgslim lint --ast`). Spans are {"begin", "end"} in bytes of the text without byte order mark,
/// with the line and column of their begin.
[[nodiscard]] std::string write_dockerfile_json(std::string_view name, const dockerfile::File& file);

}  // namespace imgslim::report
