#pragma once

#include <vector>

#include "dockerfile/ast.h"

namespace imgslim::dockerfile {

/// Words between separators; quotes mean nothing.
[[nodiscard]] std::vector<Word> split_words(const MappedText& text);

/// Words between white space outside of quotes, as ENV, LABEL and ARG have them. Quotes and escapes stay in the words;
/// an escape character at the very end is dropped.
[[nodiscard]] std::vector<Word> split_quoted_words(const MappedText& text, char escape);

}  // namespace imgslim::dockerfile
