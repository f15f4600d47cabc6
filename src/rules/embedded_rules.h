#pragma once

#include <span>
#include <string_view>

namespace imgslim::rules {

/// A file of rules/ as it was when the program was built.
struct EmbeddedFile {
  std::string_view name;  ///< "SL3001.json", "lists/tools.json"
  std::string_view text;
};

/// All of them, sorted by name.
[[nodiscard]] std::span<const EmbeddedFile> embedded_rules();

}  // namespace imgslim::rules
