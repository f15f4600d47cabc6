#include "dockerfile/logical_line.h"

#include "dockerfile/blanks.h"

namespace imgslim::dockerfile {
namespace {

/// The line's text without its continuation mark; nothing when the line does not go on.
std::optional<std::string_view> without_continuation(std::string_view text, char escape) {
  const auto last = text.find_last_not_of(" \t");
  if (last == std::string_view::npos || text[last] != escape) return std::nullopt;
  if (last > 0 && text[last - 1] == escape) return std::nullopt;
  return text.substr(0, last);
}

}  // namespace

std::optional<Comment> comment_on(std::string_view source, Span line, std::uint32_t number) {
  const auto text = trim_left(source.substr(line.begin, line.size()));
  if (!text.starts_with('#')) return std::nullopt;
  Comment comment;
  comment.text = trim(text.substr(1));
  comment.span = {line.end - static_cast<std::uint32_t>(text.size()), line.end};
  comment.line = number;
  return comment;
}

LogicalLine join_lines(std::string_view source, const LineIndex& lines, std::uint32_t first, char escape) {
  LogicalLine joined;
  joined.first_line = joined.last_line = first;
  for (auto number = first; number <= lines.count(); ++number) {
    const auto span = lines.line(number);
    auto text = source.substr(span.begin, span.size());
    joined.last_line = number;
    if (number == first) {
      text = trim_left(text);
    } else if (auto comment = comment_on(source, span, number)) {
      comment->inside_instruction = true;
      joined.comments.push_back(std::move(*comment));
      continue;
    } else if (trim_left(text).empty()) {
      joined.blank_lines.push_back(span);
      continue;
    }
    const auto continued = without_continuation(text, escape);
    joined.text.append(continued.value_or(text), span.end - static_cast<std::uint32_t>(text.size()));
    if (!continued) break;
  }
  return joined;
}

}  // namespace imgslim::dockerfile
