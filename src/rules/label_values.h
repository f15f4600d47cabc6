#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace imgslim::rules {

/// Whether a label's value is of a type of a label schema: url (RFC 3986), rfc3339, hash (a Git commit of 7 or 40
/// digits), semver (2.0.0), email (RFC 5322), text. Unknown types take anything.
[[nodiscard]] bool is_label_value(std::string_view type, std::string_view value);

/// Whether a text is an SPDX license expression (SPDX 2.3, annex D) of those ids.
[[nodiscard]] bool is_license_expression(std::string_view text, const std::vector<std::string>& licenses,
                                         const std::vector<std::string>& exceptions);

}  // namespace imgslim::rules
