#pragma once

#include <string_view>

namespace imgslim::packages {

/// Takes the first line off `text`, without its "\n" or "\r\n"; the last line needs no newline.
/// Loop while `text` is not empty.
inline std::string_view take_line(std::string_view& text) {
  const auto newline = text.find('\n');
  auto line = text.substr(0, newline);
  text = newline == std::string_view::npos ? std::string_view() : text.substr(newline + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

/// `text` without blanks and tabs at both ends.
inline std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t";
  const auto begin = text.find_first_not_of(blanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

/// Takes the next word off `text`, words being parted by blanks and tabs; "" at the end.
inline std::string_view take_word(std::string_view& text) {
  text = trimmed(text);
  const auto word = text.substr(0, text.find_first_of(" \t"));
  text.remove_prefix(word.size());
  return word;
}

}  // namespace imgslim::packages
