#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "dockerfile/ast.h"

/// White space and letters as BuildKit sees them (Go's unicode.IsSpace; [\t\v\f\r ] where it splits words).
namespace imgslim::dockerfile {

/// What separates words: one of blank, tab, \v, \f, \r.
[[nodiscard]] inline bool is_separator(char c) { return c == ' ' || c == '\t' || c == '\v' || c == '\f' || c == '\r'; }

/// Bytes of the white space character at `at`, no-break and other wide spaces included; 0 when there is none.
[[nodiscard]] std::size_t space_at(std::string_view text, std::size_t at);

/// The bytes between leading and trailing white space; {size, size} when there is nothing else.
[[nodiscard]] IndexRange trimmed_range(std::string_view text);
[[nodiscard]] std::string_view trim(std::string_view text);
[[nodiscard]] std::string_view trim_left(std::string_view text);

/// ASCII only.
[[nodiscard]] std::string to_lower(std::string_view text);
[[nodiscard]] std::string to_upper(std::string_view text);

/// What messages show of a text: at most 60 bytes, cut between characters.
[[nodiscard]] std::string excerpt(std::string_view text);

/// Bytes [begin, end) of a text as a word of the file.
[[nodiscard]] inline Word word_at(const MappedText& text, std::size_t begin, std::size_t end) {
  return {text.text().substr(begin, end - begin),
          text.source_span(static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end))};
}

}  // namespace imgslim::dockerfile
