#pragma once

#include <string>
#include <string_view>

namespace imgslim::report {

/// A unified diff that `patch -p1` and `git apply` take, three lines of context; "" when the texts are the same. Text
/// is written as it is, control characters too.
[[nodiscard]] std::string unified_diff(std::string_view name, std::string_view before, std::string_view after);

}  // namespace imgslim::report
