/// Words: quotes, backslashes and the pieces between them (POSIX.1-2017 XCU 2.2, 2.3; bash manual 3.1.2).
#include <algorithm>

#include "shell/parse.h"
#include "shell/parser.h"

namespace imgslim::shell {
namespace {

constexpr std::string_view operators = ";&|()<>";

/// What makes a pattern list of a "(" that follows (bash: extglob).
bool begins_pattern_list(char c) { return std::string_view("?*+@!").find(c) != std::string_view::npos; }

}  // namespace

Word Parser::word(Context context) {
  Word word;
  const auto begin = at_;
  if (context == Context::word) skip_continuation();
  parts(word.parts, {.context = context, .begin = at_});
  word.span = span_from(begin);
  return word;
}

/// A word within ${…} or an arithmetic expression; may be empty.
Word Parser::operand(Context context, bool quoted) {
  Word word;
  const auto begin = at_;
  parts(word.parts, {.context = context, .quoted = quoted, .begin = begin});
  word.span = span_from(begin);
  return word;
}

void Parser::parts(std::vector<Part>& parts, Frame frame) {
  const Nesting nesting(*this);
  while (!at_end()) {
    if (frame.context != Context::here_document && skip_continuation()) continue;
    const char c = text_[at_];
    if (ends(frame, c)) return;
    step(parts, frame, c);
    frame.pattern_list = begins_pattern_list(c);
  }
  if (frame.context == Context::word && frame.open > 0) fail("a ( without its counterpart");
}

/// Whether the byte at at_ ends the run; counts what is open.
bool Parser::ends(Frame& frame, char c) const {
  const auto in = [c](std::string_view set) { return set.find(c) != std::string_view::npos; };
  const auto count = [&](char opening, char closing) {
    if (c == opening) ++frame.open;
    if (c == closing && frame.open > 0) --frame.open;
  };
  const bool nothing_open = frame.open == 0;
  switch (frame.context) {
    case Context::double_quotes:
      return c == '"';
    case Context::operand:
      return c == '}';
    case Context::pattern:
      return c == '}' || (c == '/' && at_ != frame.begin);
    case Context::offset:
      if (c == '?') ++frame.ternary;
      if (c == ':' && frame.ternary > 0) return --frame.ternary, false;
      count('(', ')');
      return c == '}' || (c == ':' && nothing_open);
    case Context::subscript:
      count('[', ']');
      return (c == ']' && nothing_open) || (c == '\n' && !frame.quoted);
    case Context::arithmetic:
      count('(', ')');
      return nothing_open && (c == ')' || (c == ';' && !frame.quoted));
    case Context::here_document:
      return false;
    case Context::regex:
      if (in(" \t\n)") && nothing_open) return true;
      count('(', ')');
      return false;
    case Context::delimiter:
      return in(" \t\n") || in(operators);
    case Context::word:
      break;
  }
  if (!nothing_open) return count('(', ')'), false;
  if (in(" \t\n")) return true;
  if (c == '(' && bash() && frame.pattern_list) return ++frame.open, false;
  if ((c == '<' || c == '>') && bash() && peek(1) == '(') return false;
  return in(operators);
}

void Parser::step(std::vector<Part>& parts, const Frame& frame, char c) {
  const bool body = frame.context == Context::here_document;
  const bool expands = frame.context != Context::delimiter;
  if (c == '\\') return escape(parts, frame);
  if (c == '$' && expands) return dollar(parts, frame);
  if (c == '`' && expands) return backquotes(parts, frame.quoted);
  if (c == '"' && !body) return ++at_, double_quotes(parts, PartKind::double_quoted, at_ - 1);
  if (c == '\'' && !frame.quoted) return ++at_, single_quotes(parts, PartKind::single_quoted, at_ - 1);
  const bool process = (c == '<' || c == '>') && bash() && peek(1) == '(' && frame.context == Context::word;
  if (process && frame.open == 0) return process_substitution(parts);
  ++at_;
  add_text(parts, PartKind::literal, at_ - 1, std::string_view(&c, 1));
}

/// Adds text that was read from `begin` to at_, to the part before when that is of the same kind.
void Parser::add_text(std::vector<Part>& parts, PartKind kind, std::size_t begin, std::string_view text) {
  if (parts.empty() || parts.back().kind != kind) {
    auto& part = parts.emplace_back();
    part.kind = kind;
    part.span.begin = offset(begin);
  }
  parts.back().text += text;
  parts.back().span.end = span_from(begin).end;
}

void Parser::escape(std::vector<Part>& parts, const Frame& frame) {
  const auto begin = at_++;
  const bool body = frame.context == Context::here_document;
  const int next = peek();
  std::string_view special = body ? "$`\\" : frame.context == Context::double_quotes ? "$`\"\\" : "$`\"\\}";
  if (frame.quoted && (next < 0 || special.find(static_cast<char>(next)) == std::string_view::npos))
    return add_text(parts, PartKind::literal, begin, "\\");
  if (next < 0) return add_text(parts, PartKind::escaped, begin, "\\");
  ++at_;
  add_text(parts, PartKind::escaped, begin, text_.substr(at_ - 1, 1));
}

/// at_ is behind the opening quote.
void Parser::single_quotes(std::vector<Part>& parts, PartKind kind, std::size_t begin) {
  const auto text_begin = at_;
  while (!at_end() && text_[at_] != '\'') at_ += kind == PartKind::dollar_quoted && text_[at_] == '\\' ? 2u : 1u;
  at_ = std::min(at_, end_);
  auto& part = parts.emplace_back();
  part.kind = kind;
  part.text = std::string(text_.substr(text_begin, at_ - text_begin));
  if (!take("'")) fail("a ' without its counterpart");
  part.span = span_from(begin);
}

void Parser::double_quotes(std::vector<Part>& parts, PartKind kind, std::size_t begin) {
  Part part;
  part.kind = kind;
  this->parts(part.parts, {.context = Context::double_quotes, .quoted = true, .begin = at_});
  if (!take("\"")) fail("a \" without its counterpart");
  part.span = span_from(begin);
  parts.push_back(std::move(part));
}

/// Within backquotes, a backslash before $, ` or \ is removed first (before " too, within double quotes); what is left
/// is parsed as a text of its own.
void Parser::backquotes(std::vector<Part>& parts, bool quoted) {
  const Nesting nesting(*this);
  const auto begin = at_++;
  std::string text;
  std::vector<std::uint32_t> origin;
  for (; !at_end() && text_[at_] != '`'; ++at_) {
    const int next = peek(1);
    const bool removed = text_[at_] == '\\' && (next == '$' || next == '`' || next == '\\' || (quoted && next == '"'));
    if (removed) ++at_;
    text += text_[at_];
    origin.push_back(offset(at_));
  }
  origin.push_back(offset(std::min(at_, text_.size())));
  if (!take("`")) return fail("a ` without its counterpart");
  Part part;
  part.kind = PartKind::command;
  Parser inner(text, dialect_, parsed_);
  inner.origin_ = &origin;
  inner.depth_ = depth_;
  part.list.push_back(inner.list());
  if (!inner.at_end()) inner.fail("unexpected " + text.substr(inner.at_, 1));
  if (inner.failure_) return fail(inner.failure_->reason);
  part.span = span_from(begin);
  parts.push_back(std::move(part));
}

void Parser::process_substitution(std::vector<Part>& parts) {
  const auto begin = at_;
  Part part;
  part.kind = PartKind::process_substitution;
  part.text = std::string(text_.substr(at_, 1));
  at_ += 2;
  part.list.push_back(list());
  expect(")");
  part.span = span_from(begin);
  parts.push_back(std::move(part));
}

std::optional<std::string> constant_text(const Word& word) {
  std::string text;
  for (const auto& part : word.parts) {
    switch (part.kind) {
      case PartKind::literal:
      case PartKind::escaped:
      case PartKind::single_quoted:
        text += part.text;
        break;
      case PartKind::dollar_quoted:
        text += decode_dollar_quoted(part.text);
        break;
      case PartKind::double_quoted:
      case PartKind::translated: {
        const auto inner = constant_text({part.span, part.parts});
        if (!inner) return std::nullopt;
        text += *inner;
        break;
      }
      default:
        return std::nullopt;
    }
  }
  return text;
}

}  // namespace imgslim::shell
