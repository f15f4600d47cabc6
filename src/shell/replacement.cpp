#include "shell/replacement.h"

#include <vector>

#include "shell/evaluate.h"

namespace imgslim::shell {
namespace {

/// The parts of "s/a/b/g" without the delimiters; a delimiter behind a backslash is a byte of its part.
std::vector<std::string> parts_of(std::string_view expression) {
  std::vector<std::string> parts(1);
  const char delimiter = expression[1];
  for (std::size_t i = 2; i < expression.size(); ++i) {
    if (expression[i] == delimiter) {
      parts.emplace_back();
      continue;
    }
    const bool escaped = expression[i] == '\\' && i + 1 < expression.size();
    if (escaped && expression[i + 1] != delimiter) parts.back() += '\\';
    if (escaped) ++i;
    parts.back() += expression[i];
  }
  return parts;
}

void add_replacement(const Replacement& replacement, const RegexMatch& match, std::string_view line,
                     std::string& result) {
  const auto& text = replacement.text;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '&') {
      result += match.text_of(0, line);
    } else if (text[i] == '\\' && i + 1 < text.size()) {
      const char c = text[++i];
      if (c >= '1' && c <= '9')
        result += match.text_of(static_cast<std::size_t>(c - '0'), line);
      else
        result += c == 'n' ? '\n' : c;
    } else {
      result += text[i];
    }
  }
}

}  // namespace

std::optional<Replacement> read_replacement(std::string_view expression, BasicRegex::Grammar grammar) {
  if (expression.size() < 4 || expression[0] != 's') return std::nullopt;
  const auto parts = parts_of(expression);
  if (parts.size() != 3) return std::nullopt;
  auto regex = BasicRegex::read(parts[0], grammar);
  if (!regex || parts[2].find_first_not_of("gp") != std::string::npos) return std::nullopt;
  return Replacement{std::move(*regex), parts[1], parts[2].find('g') != std::string::npos,
                     parts[2].find('p') != std::string::npos};
}

std::optional<Replaced> replace_in(std::string_view line, const Replacement& replacement) {
  Replaced result;
  std::size_t from = 0;
  while (from <= line.size()) {
    const auto [outcome, match] = replacement.regex.search(line, from);
    if (outcome == BasicRegex::Outcome::unknown || result.line.size() > longest_value) return std::nullopt;
    if (outcome == BasicRegex::Outcome::none) break;
    result.found = true;
    const auto [begin, end] = match.ranges.front();
    result.line += line.substr(from, begin - from);
    add_replacement(replacement, match, line, result.line);
    from = end;
    if (begin == end && from < line.size()) result.line += line[from];  // an empty match: on by one byte
    if (begin == end) ++from;
    if (!replacement.all) break;
  }
  if (from < line.size()) result.line += line.substr(from);
  return result;
}

}  // namespace imgslim::shell
