/// Simple commands, assignments, redirections and here-documents (POSIX.1-2017 XCU 2.7, 2.9.1, 2.9.5).
#include <algorithm>
#include <array>

#include "shell/parse.h"
#include "shell/parser.h"

namespace imgslim::shell {
namespace {

/// bash builtins whose arguments may be array assignments.
constexpr std::string_view declarations[] = {"declare", "typeset", "local", "export", "readonly"};

constexpr std::size_t most_pending = 100;  ///< here-documents of one line

bool is_declaration(const Command& command) {
  if (command.words.empty()) return false;
  const auto name = constant_text(command.words.front());
  return name && std::find(std::begin(declarations), std::end(declarations), *name) != std::end(declarations);
}

/// Whether a line goes on behind its newline: it ends in an odd number of backslashes.
bool ends_in_backslash(std::string_view line) {
  const auto last = line.find_last_not_of('\\');
  return (line.size() - (last == std::string_view::npos ? 0 : last + 1)) % 2 == 1;
}

/// The text of a here-document's delimiter, quotes removed; `quoted` when there were any.
std::string delimiter_text(const Word& word, bool& quoted) {
  std::string text;
  for (const auto& part : word.parts) {
    quoted = quoted || part.kind != PartKind::literal;
    text += part.text;
    for (const auto& inner : part.parts) text += inner.text;
  }
  return text;
}

}  // namespace

std::string Parser::variable_name() {
  const auto begin = at_;
  while (is_name_byte(peek())) ++at_;
  if (begin == at_ || is_digit(static_cast<unsigned char>(text_[begin]))) fail("name expected");
  return std::string(text_.substr(begin, at_ - begin));
}

/// The unquoted run of bytes that bash and dash take for a function's name.
std::string Parser::function_name() {
  const auto begin = at_;
  at_ = std::min(text_.find_first_of(" \t\n;&|()<>$`'\"\\", at_), end_);
  if (begin == at_) fail("function name expected");
  return std::string(text_.substr(begin, at_ - begin));
}

bool Parser::function_definition(Command& command) {
  const auto end = std::min(text_.find_first_of(" \t\n;&|()<>$`'\"\\={}", at_), end_);
  auto after = end;
  const auto is_at = [&](char c) {
    while (after < end_ && (text_[after] == ' ' || text_[after] == '\t')) ++after;
    return after < end_ && text_[after++] == c;
  };
  if (end == at_ || !is_at('(') || !is_at(')')) return false;
  command.name = std::string(text_.substr(at_, end - at_));
  at_ = after;
  function_body(command);
  return true;
}

void Parser::simple(Command& command) {
  const auto begin = at_;
  for (skip_blanks(); !at_end(); skip_blanks()) {
    if (at_redirection()) {
      command.redirections.push_back(redirection());
      continue;
    }
    if (command.words.empty()) {
      if (auto assigned = assignment()) {
        command.assignments.push_back(std::move(*assigned));
        continue;
      }
    }
    auto word = this->word();
    if (word.parts.empty()) break;
    const bool assigns = word.parts.size() == 1 && word.parts.front().kind == PartKind::literal &&
                         word.parts.front().text.ends_with('=');
    if (assigns && peek() == '(' && is_declaration(command)) {
      auto array = array_word();
      word.parts.push_back(std::move(array.parts.front()));
      word.span.end = array.span.end;
    }
    command.words.push_back(std::move(word));
  }
  if (at_ == begin && !failure_) fail(at_end() ? "unexpected end" : "unexpected " + std::string(text_.substr(at_, 1)));
}

/// NAME=word, NAME+=word, NAME[subscript]=word, NAME=(…); nothing when it is none.
std::optional<Assignment> Parser::assignment() {
  if (!is_name_start(peek())) return std::nullopt;
  Assignment assignment;
  auto name_end = at_;
  for (; name_end < end_; ++name_end) {
    while (text_.substr(name_end, end_ - name_end).starts_with("\\\n")) name_end += 2;
    if (name_end >= end_ || !is_name_byte(static_cast<unsigned char>(text_[name_end]))) break;
    assignment.name += text_[name_end];
  }
  if (name_end >= end_ || std::string_view("=+[").find(text_[name_end]) == std::string_view::npos) return std::nullopt;
  const auto start = mark();
  at_ = name_end;
  if (peek() == '[') {
    if (!may_guess()) {
      go_back(start);
      return std::nullopt;
    }
    ++at_;
    ++guesses_;
    assignment.subscript.push_back(operand(Context::subscript, false));
    --guesses_;
    if (!take("]")) at_ = end_;
  }
  skip_continuation();
  assignment.append = take("+=");
  if (failure_ || (!assignment.append && !take("="))) {
    go_back(start);
    return std::nullopt;
  }
  assignment.value = peek() == '(' ? array_word() : word();
  assignment.span = span_from(start.at);
  return assignment;
}

/// "(…)" behind "NAME=".
Word Parser::array_word() {
  Word word;
  const Nesting nesting(*this);
  const auto begin = at_;
  Part part;
  part.kind = PartKind::array;
  ++at_;
  for (skip_newlines(); !at_end() && peek() != ')'; skip_newlines()) {
    auto element = this->word();
    if (element.parts.empty()) fail("unexpected " + std::string(text_.substr(at_, 1)) + " in an array");
    part.operands.push_back(std::move(element));
  }
  expect(")");
  part.span = word.span = span_from(begin);
  word.parts.push_back(std::move(part));
  return word;
}

/// Where a redirection's operator begins: behind digits, or bash's {name}. `at_` when neither is there.
std::size_t Parser::redirection_operator() const {
  auto at = at_;
  if (bash() && peek() == '{') {
    for (++at; at < end_ && is_name_byte(static_cast<unsigned char>(text_[at]));) ++at;
    return at < end_ && text_[at] == '}' && at > at_ + 1 ? at + 1 : at_;
  }
  while (at < end_ && is_digit(static_cast<unsigned char>(text_[at]))) ++at;
  return at;
}

bool Parser::at_redirection() const {
  if (failure_) return false;
  if (bash() && looking_at("&>")) return true;
  const auto at = redirection_operator();
  if (at >= end_ || (text_[at] != '<' && text_[at] != '>')) return false;
  return at != at_ || at + 1 >= end_ || text_[at + 1] != '(' || !bash();
}

void Parser::redirections(Command& command) {
  for (skip_blanks(); at_redirection(); skip_blanks()) command.redirections.push_back(redirection());
}

Redirection Parser::redirection() {
  constexpr std::array<std::string_view, 12> operators = {"<<<", "<<-", "<<", "<&", "<>",  "<",
                                                          ">>",  ">&",  ">|", ">",  "&>>", "&>"};
  Redirection redirection;
  const auto begin = at_;
  const auto at = looking_at("&>") ? at_ : redirection_operator();
  redirection.descriptor = std::string(text_.substr(at_, at - at_));
  at_ = at;
  const auto* found = std::find_if(operators.begin(), operators.end(), [&](auto text) { return take(text); });
  redirection.operation = *found;
  skip_blanks();
  if (redirection.operation == "<<" || redirection.operation == "<<-") {
    here_document(redirection);
  } else {
    redirection.target = word();
    if (redirection.target.parts.empty()) fail("redirection without a target");
  }
  redirection.span = span_from(begin);
  return redirection;
}

void Parser::here_document(Redirection& redirection) {
  HereDocument document;
  document.strip_tabs = redirection.operation == "<<-";
  const auto delimiter = word(Context::delimiter);
  if (delimiter.parts.empty()) return fail("here-document without a delimiter");
  redirection.target.span = delimiter.span;
  document.delimiter = delimiter_text(delimiter, document.quoted);
  if (pending_.size() >= most_pending) return fail("too many here-documents on a line");
  const auto index = static_cast<std::uint32_t>(parsed_.here_documents.size());
  redirection.here_document = index;
  parsed_.here_documents.push_back(std::move(document));
  pending_.push_back(index);
}

/// Reads a body up to its delimiter's line, or to the end. In an unquoted one, a line behind a backslash is never the
/// delimiter.
void Parser::read_here_document(HereDocument& document) {
  const auto begin = at_;
  auto body_end = end_;
  bool continued = false;
  while (at_ < end_) {
    const auto line_end = std::min(text_.find('\n', at_), end_);
    auto line = text_.substr(at_, line_end - at_);
    const auto line_begin = at_;
    at_ = std::min(line_end + 1, end_);
    if (document.strip_tabs) line.remove_prefix(std::min(line.find_first_not_of('\t'), line.size()));
    if (!continued && line == document.delimiter) {
      body_end = line_begin;
      break;
    }
    continued = !document.quoted && ends_in_backslash(line);
  }
  // A backslash before the end of the text continues nothing.
  while (continued) {
    body_end = text_.find_last_of('\\', body_end - 1);
    auto body = text_.substr(begin, body_end - begin);
    if (body.ends_with('\n')) body.remove_suffix(1);
    continued = ends_in_backslash(body);
  }
  document.span = {offset(begin), offset(body_end)};
  document.body = {document.span, {}};
  read_body(document, begin, body_end);
}

void Parser::read_body(HereDocument& document, std::size_t begin, std::size_t end) {
  if (begin == end) return;
  auto& parts = document.body.parts;
  const auto after = std::exchange(at_, begin);
  const auto outer_end = std::exchange(end_, end);
  const auto outer_pending = std::exchange(pending_, {});
  if (document.quoted) {
    at_ = end;
    add_text(parts, PartKind::literal, begin, text_.substr(begin, end - begin));
  } else {
    const auto start = mark();
    this->parts(parts, {.context = Context::here_document, .quoted = true, .begin = begin});
    if (failure_) {
      parsed_.opaque.push_back({document.span, failure_->reason});
      go_back(start);
      at_ = end;
      parts.clear();
      add_text(parts, PartKind::literal, begin, text_.substr(begin, end - begin));
    }
  }
  // The last line of a script may lack its newline.
  if (text_[end - 1] != '\n') add_text(parts, PartKind::literal, end, "\n");
  at_ = after;
  end_ = outer_end;
  pending_ = outer_pending;
}

}  // namespace imgslim::shell
