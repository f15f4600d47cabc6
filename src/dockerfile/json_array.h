#pragma once

#include <optional>
#include <vector>

#include "dockerfile/ast.h"

namespace imgslim::dockerfile {

/// A JSON array of a Dockerfile's arguments.
struct JsonArray {
  std::vector<Word> strings;         ///< the string elements
  std::vector<Span> other_elements;  ///< of any other type: BuildKit refuses the instruction
};

/// The text as a JSON array: nothing when it is none (the arguments are in shell form then). As Go's encoding/json
/// takes it: blanks around, no trailing text, lone surrogates become U+FFFD.
[[nodiscard]] std::optional<JsonArray> parse_json_array(const MappedText& text);

}  // namespace imgslim::dockerfile
