/// What "$" begins (POSIX.1-2017 XCU 2.6.2 to 2.6.4; bash manual 3.5.3).
#include <algorithm>

#include "shell/parse.h"
#include "shell/parser.h"

namespace imgslim::shell {
namespace {

bool is_special(int c) {
  return c > 0 && std::string_view("@*#?-$!").find(static_cast<char>(c)) != std::string_view::npos;
}

}  // namespace

void Parser::dollar(std::vector<Part>& parts, const Frame& frame) {
  const auto begin = at_++;
  skip_continuation();
  const int next = peek();
  if (next == '(') {
    if (peek(1) == '(' && arithmetic(parts, begin)) return;
    return command_substitution(parts, begin);
  }
  if (next == '{') return ++at_, braced(parts, frame, begin);
  if (is_name_start(next) || is_digit(next) || is_special(next)) {
    auto& part = parts.emplace_back();
    part.kind = PartKind::parameter;
    const auto name_begin = at_++;
    while (is_name_start(next) && is_name_byte(peek())) ++at_;
    part.text = std::string(text_.substr(name_begin, at_ - name_begin));
    part.span = span_from(begin);
    return;
  }
  if (bash() && !frame.quoted && next == '\'') return ++at_, single_quotes(parts, PartKind::dollar_quoted, begin);
  if (bash() && !frame.quoted && next == '"') return ++at_, double_quotes(parts, PartKind::translated, begin);
  if (bash() && next == '[') {
    ++at_;
    Part part;
    part.kind = PartKind::arithmetic;
    part.text = "[";
    this->parts(part.parts, {.context = Context::subscript, .quoted = true, .begin = at_});
    expect("]");
    part.span = span_from(begin);
    return parts.push_back(std::move(part));
  }
  add_text(parts, PartKind::escaped, begin, "$");
}

void Parser::command_substitution(std::vector<Part>& parts, std::size_t begin) {
  const Nesting nesting(*this);
  ++at_;
  Part part;
  part.kind = PartKind::command;
  part.list.push_back(list());
  expect(")");
  part.span = span_from(begin);
  parts.push_back(std::move(part));
}

/// "$((…))"; false when it is a command substitution that begins with a subshell.
bool Parser::arithmetic(std::vector<Part>& parts, std::size_t begin) {
  if (!may_guess()) return false;
  const auto start = mark();
  at_ += 2;
  Part part;
  part.kind = PartKind::arithmetic;
  ++guesses_;
  this->parts(part.parts, {.context = Context::arithmetic, .quoted = true, .begin = at_});
  --guesses_;
  if (failure_ || !take("))")) {
    go_back(start);
    return false;
  }
  part.span = span_from(begin);
  parts.push_back(std::move(part));
  return true;
}

std::string Parser::parameter_name() {
  const auto begin = at_;
  const int first = peek();
  if (is_name_start(first)) {
    while (is_name_byte(peek())) ++at_;
  } else if (is_digit(first)) {
    while (is_digit(peek())) ++at_;
  } else if (is_special(first)) {
    ++at_;
  } else {
    fail("parameter name expected");
  }
  return std::string(text_.substr(begin, at_ - begin));
}

/// "#" and "!" before the name, when they are not the name.
void Parser::parameter_prefix(Part& part) {
  const int next = peek(1);
  const bool named = is_name_byte(next) || next == '@' || next == '*';
  if (peek() == '#' && (named || (is_special(next) && peek(2) == '}'))) {
    part.length = true;
    ++at_;
  } else if (bash() && peek() == '!' && (named || (is_special(next) && peek(2) == '}'))) {
    part.indirect = true;
    ++at_;
  }
}

/// at_ is behind "${".
void Parser::braced(std::vector<Part>& parts, const Frame& frame, std::size_t begin) {
  const Nesting nesting(*this);
  Part part;
  part.kind = PartKind::parameter;
  skip_continuation();
  parameter_prefix(part);
  part.text = parameter_name();
  skip_continuation();
  if (peek() == '[') {
    ++at_;
    part.subscript.push_back(operand(Context::subscript, frame.quoted));
    expect("]");
  }
  if (peek() != '}') parameter_operation(part, frame);
  expect("}");
  part.span = span_from(begin);
  parts.push_back(std::move(part));
}

void Parser::parameter_operation(Part& part, const Frame& frame) {
  constexpr std::string_view operations[] = {":-", ":=", ":?", ":+", "-", "=",  "?", "+",  "##", "#", "%%", "%",
                                             "//", "/#", "/%", "/",  ":", "^^", "^", ",,", ",",  "@", "*"};
  const auto* found = std::find_if(std::begin(operations), std::end(operations), [&](auto text) { return take(text); });
  if (found == std::end(operations)) return fail("bad substitution");
  part.operation = *found;
  if (looking_at("\\\n")) return fail("a line continuation behind " + part.operation);
  if (part.indirect && (*found == "@" || *found == "*") && peek() == '}') return;  // ${!prefix*}
  const char kind = part.operation[0];
  if (kind == '/') {
    part.operands.push_back(operand(Context::pattern, false));
    if (take("/")) part.operands.push_back(operand(Context::operand, false));
  } else if (*found == ":") {
    part.operands.push_back(operand(Context::offset, true));
    if (take(":")) part.operands.push_back(operand(Context::offset, true));
  } else {
    const bool pattern = kind == '#' || kind == '%' || kind == '^' || kind == ',';
    part.operands.push_back(operand(Context::operand, frame.quoted && !pattern));
  }
}

}  // namespace imgslim::shell
