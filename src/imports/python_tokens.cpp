#include "imports/python_tokens.h"

#include <algorithm>
#include <array>

#include "imports/imports.h"
#include "imports/scan.h"

namespace imgslim::imports {
namespace {

/// Bytes at which the scan through a logical line has to stop and think.
constexpr auto stops = [] {
  std::array<bool, 256> table{};
  for (const char byte : std::string_view("\n\"'#()[]{}\\")) table[static_cast<unsigned char>(byte)] = true;
  return table;
}();

/// The end of a string literal whose opening quotes stand at `at`: behind the closing ones. A literal of one quote ends
/// with its line.
std::size_t end_of_string(std::string_view text, std::size_t at) {
  const char quote = text[at];
  const bool triple = at + 2 < text.size() && text[at + 1] == quote && text[at + 2] == quote;
  if (!triple) {
    for (++at; at < text.size() && text[at] != quote && text[at] != '\n'; ++at)
      if (text[at] == '\\') at += text.substr(at + 1, 2) == "\r\n" ? 2u : 1u;
    return std::min(at < text.size() && text[at] == quote ? at + 1 : at, text.size());
  }
  const auto begin = at + 3;
  auto from = begin;
  for (;;) {
    const auto hit = find_byte(text, quote, from);
    if (hit == npos) return text.size();
    auto escape = hit;
    while (escape > from && text[escape - 1] == '\\') --escape;
    const bool is_escaped = (hit - escape) % 2 == 1;
    if (!is_escaped && text.substr(hit + 1, 2) == std::string_view(std::array{quote, quote}.data(), 2)) return hit + 3;
    from = hit + 1;
  }
}

}  // namespace

std::size_t end_of_statement(std::string_view text, std::size_t at) {
  std::size_t depth = 0;
  while (at < text.size()) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (!stops[byte]) {
      ++at;
      continue;
    }
    switch (byte) {
      case '\n':
        ++at;
        if (depth == 0) return at;
        break;
      case '"':
      case '\'':
        at = end_of_string(text, at);
        break;
      case '#':
        at = line_end(text, at);
        break;
      case '\\':
        at += text.substr(at + 1, 2) == "\r\n" ? 3u : 2u;
        break;
      case '(':
      case '[':
      case '{':
        ++depth;
        ++at;
        break;
      default:
        if (depth > 0) --depth;
        ++at;
    }
  }
  return text.size();
}

Token Tokens::next() {
  for (; at_ < text_.size(); ++at_) {
    const char byte = text_[at_];
    if (byte == '#')
      at_ = line_end(text_, at_);
    else if (byte != ' ' && byte != '\t' && byte != '\n' && byte != '\r' && byte != '\f' && byte != '\\')
      break;
  }
  if (at_ >= text_.size()) return {};
  if (text_[at_] == '"' || text_[at_] == '\'') return string();
  const auto word = leading_word(text_.substr(at_));
  if (word.empty()) return {TokenKind::sign, text_.substr(at_++, 1)};
  at_ += word.size();
  const bool is_prefix = word.size() <= 2 && word.find_first_not_of("rRbBuUfFtT") == npos;
  if (is_prefix && at_ < text_.size() && (text_[at_] == '"' || text_[at_] == '\'')) return string();
  return {TokenKind::word, word};
}

Token Tokens::string() {
  const auto begin = at_;
  at_ = end_of_string(text_, at_);
  auto content = text_.substr(begin, at_ - begin);
  const std::size_t quotes = content.size() >= 6 && content[1] == content[0] && content[2] == content[0] ? 3 : 1;
  if (content.size() < 2 * quotes) return {TokenKind::string, {}};
  return {TokenKind::string, content.substr(quotes, content.size() - 2 * quotes)};
}

std::string dotted_name(Tokens& tokens, Token& token) {
  std::string name;
  while (token.kind == TokenKind::word || token.is_sign('.')) {
    const bool word = token.kind == TokenKind::word;
    if (word && !name.empty() && name.back() != '.') break;
    if (word && token.text == "import") break;
    if (name.size() <= longest_name_bytes) name += token.text;
    token = tokens.next();
  }
  return name;
}

}  // namespace imgslim::imports
