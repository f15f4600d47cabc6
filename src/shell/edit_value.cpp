#include "shell/edit_value.h"

#include <algorithm>

#include "shell/pattern.h"

namespace imgslim::shell {
namespace {

constexpr std::size_t longest_edited = 2'000;  ///< bytes: patterns are tried at every position and length

std::string without_prefix(std::string_view text, const Edit& edit) {
  const bool longest = edit.operation == "##";
  for (std::size_t i = 0; i <= text.size(); ++i) {
    const auto size = longest ? text.size() - i : i;
    if (matches(edit.pattern, text.substr(0, size))) return std::string(text.substr(size));
  }
  return std::string(text);
}

std::string without_suffix(std::string_view text, const Edit& edit) {
  const bool longest = edit.operation == "%%";
  for (std::size_t i = 0; i <= text.size(); ++i) {
    const auto begin = longest ? i : text.size() - i;
    if (matches(edit.pattern, text.substr(begin))) return std::string(text.substr(0, begin));
  }
  return std::string(text);
}

/// Bytes of the longest match at the front; nothing without one. An empty match is none.
std::optional<std::size_t> match_at(std::string_view text, const std::string& pattern) {
  if (!is_pattern(pattern)) {
    const auto literal = unescape_pattern(pattern);
    return !literal.empty() && text.starts_with(literal) ? std::optional(literal.size()) : std::nullopt;
  }
  for (auto size = text.size(); size > 0; --size)
    if (matches(pattern, text.substr(0, size))) return size;
  return std::nullopt;
}

std::string replaced(std::string_view text, const Edit& edit) {
  std::string result;
  const bool all = edit.operation == "//", at_front = edit.operation == "/#", at_end = edit.operation == "/%";
  for (std::size_t at = 0; at < text.size();) {
    auto size = match_at(text.substr(at), edit.pattern);
    if (size && at_end && at + *size != text.size()) size.reset();
    if (!size) {
      if (at_front) return std::string(text);
      result += text[at++];
      continue;
    }
    result += edit.replacement;
    at += *size;
    if (!all) return result.append(text.substr(at));
  }
  return result;
}

std::string with_case(std::string_view text, const Edit& edit) {
  std::string result(text);
  const auto end = edit.operation.size() == 2 ? result.size() : std::min<std::size_t>(result.size(), 1);
  for (std::size_t i = 0; i < end; ++i) {
    auto& c = result[i];
    if (edit.operation[0] == '^' && c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    if (edit.operation[0] == ',' && c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

}  // namespace

std::optional<std::string> edit_text(std::string_view text, const Edit& edit) {
  if (text.size() > longest_edited || edit.pattern.size() > longest_edited) return std::nullopt;
  switch (edit.operation[0]) {
    case '#':
      return without_prefix(text, edit);
    case '%':
      return without_suffix(text, edit);
    case '/':
      return replaced(text, edit);
    case '^':
    case ',':
      if (edit.pattern.empty()) return with_case(text, edit);
      return std::nullopt;
    default:
      return std::nullopt;
  }
}

}  // namespace imgslim::shell
