#pragma once

#include <cstdint>
#include <string>
#include <string_view>

/// Python's lexical analysis, as far as import statements need it.
namespace imgslim::imports {

/// The end of the logical line that begins at `at`: behind its newline.
[[nodiscard]] std::size_t end_of_statement(std::string_view text, std::size_t at);

enum class TokenKind : std::uint8_t { end, word, string, sign };

struct Token {
  TokenKind kind = TokenKind::end;
  std::string_view text;  // a string's without prefix and quotes

  [[nodiscard]] bool is_sign(char sign) const { return kind == TokenKind::sign && text[0] == sign; }
  [[nodiscard]] bool is_word(std::string_view word) const { return kind == TokenKind::word && text == word; }
};

/// The tokens of one logical line. Numbers come as words, operators byte by byte.
class Tokens {
 public:
  explicit Tokens(std::string_view statement) : text_(statement) {}

  [[nodiscard]] Token next();

 private:
  Token string();

  std::string_view text_;
  std::size_t at_ = 0;
};

/// A dotted name from `token` on; `token` becomes what follows it.
[[nodiscard]] std::string dotted_name(Tokens& tokens, Token& token);

}  // namespace imgslim::imports
