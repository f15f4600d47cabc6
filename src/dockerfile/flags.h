#pragma once

#include <utility>
#include <vector>

#include "dockerfile/ast.h"

namespace imgslim::dockerfile {

/// A flag with its value's places in the file.
struct ReadFlag {
  Flag flag;
  MappedText value;  ///< quotes and backslashes taken out
};

/// Reads the flags at the start of an instruction's arguments: words that begin with "--", up to the first other word
/// or behind a word "--". Returns them, and where the arguments begin.
[[nodiscard]] std::pair<std::vector<ReadFlag>, std::uint32_t> read_flags(const MappedText& text);

/// Names of flags that the instruction knows, sorted.
[[nodiscard]] std::vector<std::string_view> known_flags(Keyword keyword);

/// Reports unknown and repeated flags and wrong values.
void check_flags(const Instruction& instruction, std::vector<Problem>& problems);

}  // namespace imgslim::dockerfile
