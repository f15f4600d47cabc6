#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace imgslim {

/// Decodes standard base64 (RFC 4648 section 4), padded as Go's encoding/json writes []byte; nothing when `text` is not
/// that.
[[nodiscard]] std::optional<std::string> decode_base64(std::string_view text);

}  // namespace imgslim
