#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "shell/ast.h"

/// The parser behind parse(); only this module includes it.
namespace imgslim::shell {

/// Recursive descent on bytes. A problem sets `failure_`; from then on at_end() is true, so that every loop ends, and
/// what was built is thrown away up to the top-level command.
class Parser {
 public:
  Parser(std::string_view text, Dialect dialect, Parsed& parsed)
      : text_(text), dialect_(dialect), parsed_(parsed), end_(text.size()), budget_(text.size() * 64 + (1u << 20)) {}

  /// The whole text; problems become opaque commands.
  List script();

 private:
  struct Failure {
    std::size_t at;
    std::string reason;
  };
  /// What ends a run of parts, and what its characters mean.
  enum class Context : std::uint8_t {
    word,           ///< ends at blanks and operators
    double_quotes,  ///< ends at "
    operand,        ///< of ${…}: ends at }
    pattern,        ///< of ${…/…/…}: ends at / and }
    offset,         ///< of ${…:…:…}: ends at : and }
    subscript,      ///< ends at ]
    arithmetic,     ///< ends at a ) that it did not open, unless quoted also at ;
    here_document,  ///< ends with the body
    regex,          ///< of [[ =~ ]]: ends at blanks outside parentheses
    delimiter,      ///< of a here-document: a word without expansions
  };
  struct Frame {
    Context context = Context::word;
    bool quoted = false;  ///< within double quotes: backslash and ' have the meaning that they have there
    unsigned open = 0;    ///< parentheses or brackets
    unsigned ternary = 0;
    bool pattern_list = false;  ///< the last byte makes a pattern list of a "("
    std::size_t begin = 0;
  };
  /// Counts a level of nesting for as long as it lives.
  class Nesting {
   public:
    explicit Nesting(Parser& parser);
    ~Nesting() { --parser_.depth_; }
    Nesting(const Nesting&) = delete;
    Nesting& operator=(const Nesting&) = delete;

   private:
    Parser& parser_;
  };
  struct PlainWord {
    std::string text;
    std::size_t bytes = 0;  ///< with its line continuations
  };
  /// Where to go back to when a guess was wrong.
  struct Mark {
    std::size_t at, here_documents, comments;
    std::vector<std::uint32_t> pending;
  };

  // parse.cpp: positions, blanks, lists
  [[nodiscard]] bool at_end() const { return failure_.has_value() || at_ >= end_; }
  [[nodiscard]] int peek(std::size_t ahead = 0) const;
  [[nodiscard]] bool looking_at(std::string_view text) const;
  [[nodiscard]] bool take(std::string_view text);
  void expect(std::string_view text);
  void fail(std::string reason);
  [[nodiscard]] std::uint32_t offset(std::size_t at) const;
  [[nodiscard]] Span span_from(std::size_t begin) const;
  [[nodiscard]] bool bash() const { return dialect_ == Dialect::bash; }
  [[nodiscard]] Mark mark() const;
  void go_back(const Mark& mark);
  [[nodiscard]] bool may_guess() const { return guesses_ < deepest_guess && budget_ > 0; }
  bool skip_continuation();
  void skip_blanks();
  void skip_newlines();
  void newline();
  [[nodiscard]] PlainWord plain_word() const;
  [[nodiscard]] bool at_reserved(std::string_view word) const { return plain_word().text == word; }
  [[nodiscard]] bool take_reserved(std::string_view word);
  void expect_reserved(std::string_view word);
  [[nodiscard]] bool at_list_end() const;
  bool separator(Chain& chain);
  List list();
  Chain chain();
  Pipeline pipeline(Connector connector);
  void redirect_errors(Command& command);
  void recover(List& list, const Mark& start);

  // parse_compound.cpp
  Command command();
  [[nodiscard]] bool compound(Command& command);
  [[nodiscard]] bool at_compound() const;
  void if_clause(Command& command);
  void loop(Command& command, CommandKind kind);
  void for_loop(Command& command, CommandKind kind);
  void loop_body(Command& command);
  void case_clause(Command& command);
  CaseItem case_item();
  void function_body(Command& command);
  void coprocess(Command& command);
  void conditional(Command& command);
  Word conditional_token(std::string_view before);
  [[nodiscard]] bool arithmetic_command(Command& command);
  void arithmetic_for(Command& command);

  // parse_simple.cpp
  [[nodiscard]] std::string variable_name();
  [[nodiscard]] std::string function_name();
  void simple(Command& command);
  [[nodiscard]] bool function_definition(Command& command);
  [[nodiscard]] std::optional<Assignment> assignment();
  Word array_word();
  [[nodiscard]] bool at_redirection() const;
  void redirections(Command& command);
  Redirection redirection();
  [[nodiscard]] std::size_t redirection_operator() const;
  void here_document(Redirection& redirection);
  void read_here_document(HereDocument& document);
  void read_body(HereDocument& document, std::size_t begin, std::size_t end);

  // parse_word.cpp
  Word word(Context context = Context::word);
  Word operand(Context context, bool quoted);
  void parts(std::vector<Part>& parts, Frame frame);
  [[nodiscard]] bool ends(Frame& frame, char c) const;
  void step(std::vector<Part>& parts, const Frame& frame, char c);
  void add_text(std::vector<Part>& parts, PartKind kind, std::size_t begin, std::string_view text);
  void escape(std::vector<Part>& parts, const Frame& frame);
  void single_quotes(std::vector<Part>& parts, PartKind kind, std::size_t begin);
  void double_quotes(std::vector<Part>& parts, PartKind kind, std::size_t begin);
  void backquotes(std::vector<Part>& parts, bool quoted);
  void process_substitution(std::vector<Part>& parts);

  // parse_parameter.cpp
  void dollar(std::vector<Part>& parts, const Frame& frame);
  void command_substitution(std::vector<Part>& parts, std::size_t begin);
  [[nodiscard]] bool arithmetic(std::vector<Part>& parts, std::size_t begin);
  void braced(std::vector<Part>& parts, const Frame& frame, std::size_t begin);
  std::string parameter_name();
  void parameter_prefix(Part& part);
  void parameter_operation(Part& part, const Frame& frame);

  static constexpr unsigned deepest_guess = 3;

  std::string_view text_;
  Dialect dialect_;
  Parsed& parsed_;
  const std::vector<std::uint32_t>* origin_ = nullptr;  ///< of each byte of an unescaped copy (backquotes)
  std::size_t at_ = 0, end_ = 0;
  unsigned depth_ = 0, guesses_ = 0;
  std::size_t budget_;                  ///< bytes that may be read twice for wrong guesses
  std::vector<std::uint32_t> pending_;  ///< here-documents whose bodies begin at the next newline
  std::optional<Failure> failure_;
};

[[nodiscard]] constexpr bool is_name_start(int c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
[[nodiscard]] constexpr bool is_digit(int c) { return c >= '0' && c <= '9'; }
[[nodiscard]] constexpr bool is_name_byte(int c) { return is_name_start(c) || is_digit(c); }

}  // namespace imgslim::shell
