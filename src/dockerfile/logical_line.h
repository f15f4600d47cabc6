#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "dockerfile/ast.h"

namespace imgslim::dockerfile {

/// An instruction's line, continued lines joined.
struct LogicalLine {
  MappedText text;
  std::uint32_t first_line = 0, last_line = 0;  ///< 1-based, inclusive
  std::vector<Span> blank_lines;                ///< between its lines
  std::vector<Comment> comments;                ///< between its lines
};

/// The comment on a line; nothing when the line is none.
[[nodiscard]] std::optional<Comment> comment_on(std::string_view source, Span line, std::uint32_t number);

/// Joins the lines from `first` on: a line whose last character but for blanks and tabs is the escape character goes on
/// in the next line, unless two escape characters stand there. Comments and blank lines in between are left out.
[[nodiscard]] LogicalLine join_lines(std::string_view source, const LineIndex& lines, std::uint32_t first, char escape);

}  // namespace imgslim::dockerfile
