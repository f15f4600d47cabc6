#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "entrypoint/process.h"

namespace imgslim::memory {

/// The value of a variable in the process's environment, nothing when it is not set.
[[nodiscard]] std::optional<std::string_view> variable(const entrypoint::Process& process, std::string_view name);

/// The words of a variable that holds further arguments (JAVA_TOOL_OPTIONS, GUNICORN_CMD_ARGS), split at blanks; quotes
/// group. None when it is not set.
[[nodiscard]] std::vector<std::string> variable_words(const entrypoint::Process& process, std::string_view name);

}  // namespace imgslim::memory
