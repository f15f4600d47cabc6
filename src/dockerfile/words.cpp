#include "dockerfile/words.h"

#include <utility>

#include "dockerfile/blanks.h"

namespace imgslim::dockerfile {
namespace {

/// Length of the UTF-8 character at `at`, so that an escape takes all of it; at least 1.
std::size_t character_length(std::string_view text, std::size_t at) {
  std::size_t length = 1;
  while (at + length < text.size() && (static_cast<unsigned char>(text[at + length]) & 0xC0) == 0x80) ++length;
  return length;
}

/// The end of the word that begins at `at`, and where to go on: behind an escape that nothing follows.
std::pair<std::size_t, std::size_t> quoted_word_end(std::string_view text, std::size_t at, char escape) {
  char quote = '\0';
  while (at < text.size()) {
    const char c = text[at];
    if (quote == '\0' && space_at(text, at) > 0) break;
    if (c == escape && quote != '\'') {
      if (at + 1 == text.size()) return {at, at + 1};
      at += 1 + character_length(text, at + 1);
      continue;
    }
    if (quote == '\0' ? c == '\'' || c == '"' : c == quote) quote = quote == '\0' ? c : '\0';
    ++at;
  }
  return {at, at};
}

}  // namespace

std::vector<Word> split_words(const MappedText& text) {
  const std::string_view view = text.text();
  std::vector<Word> words;
  for (std::size_t at = 0; at < view.size();) {
    if (is_separator(view[at])) {
      ++at;
      continue;
    }
    auto end = at;
    while (end < view.size() && !is_separator(view[end])) ++end;
    words.push_back(word_at(text, at, end));
    at = end;
  }
  return words;
}

std::vector<Word> split_quoted_words(const MappedText& text, char escape) {
  const std::string_view view = text.text();
  std::vector<Word> words;
  for (std::size_t at = 0; at < view.size();) {
    if (const auto length = space_at(view, at)) {
      at += length;
      continue;
    }
    const auto [end, next] = quoted_word_end(view, at, escape);
    if (end > at) words.push_back(word_at(text, at, end));
    at = next;
  }
  return words;
}

}  // namespace imgslim::dockerfile
