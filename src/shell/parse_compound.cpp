/// Compound commands (POSIX.1-2017 XCU 2.9.4) and bash's additions.
#include <algorithm>

#include "shell/parser.h"

namespace imgslim::shell {

Command Parser::command() {
  Command command;
  const Nesting nesting(*this);
  skip_blanks();
  const auto begin = at_;
  if (failure_) return command;
  if (compound(command)) {
    if (command.kind != CommandKind::function && command.kind != CommandKind::coprocess) redirections(command);
  } else if (!function_definition(command)) {
    simple(command);
  }
  command.span = span_from(begin);
  return command;
}

bool Parser::at_compound() const {
  constexpr std::string_view words[] = {"{", "if", "while", "until", "for", "case"};
  constexpr std::string_view bash_words[] = {"select", "[["};
  const auto word = plain_word().text;
  return peek() == '(' || std::find(std::begin(words), std::end(words), word) != std::end(words) ||
         (bash() && std::find(std::begin(bash_words), std::end(bash_words), word) != std::end(bash_words));
}

/// Parses a compound command, when one begins here.
bool Parser::compound(Command& command) {
  if (peek() == '(') {
    if (bash() && peek(1) == '(' && arithmetic_command(command)) return true;
    ++at_;
    command.kind = CommandKind::subshell;
    command.lists.push_back(list());
    expect(")");
  } else if (take_reserved("{")) {
    command.kind = CommandKind::group;
    command.lists.push_back(list());
    expect_reserved("}");
  } else if (take_reserved("if")) {
    if_clause(command);
  } else if (take_reserved("while")) {
    loop(command, CommandKind::while_loop);
  } else if (take_reserved("until")) {
    loop(command, CommandKind::until_loop);
  } else if (take_reserved("for")) {
    for_loop(command, CommandKind::for_loop);
  } else if (bash() && take_reserved("select")) {
    for_loop(command, CommandKind::select_loop);
  } else if (take_reserved("case")) {
    case_clause(command);
  } else if (take_reserved("function")) {
    skip_blanks();
    command.name = function_name();
    skip_blanks();
    if (take("(")) {
      skip_blanks();
      expect(")");
    }
    function_body(command);
  } else if (bash() && take_reserved("[[")) {
    conditional(command);
  } else if (bash() && take_reserved("coproc")) {
    coprocess(command);
  } else {
    return false;
  }
  return true;
}

void Parser::if_clause(Command& command) {
  command.kind = CommandKind::if_clause;
  do {
    command.lists.push_back(list());
    expect_reserved("then");
    command.lists.push_back(list());
  } while (take_reserved("elif") && !failure_);
  if (take_reserved("else")) command.lists.push_back(list());
  expect_reserved("fi");
}

void Parser::loop(Command& command, CommandKind kind) {
  command.kind = kind;
  command.lists.push_back(list());
  loop_body(command);
}

void Parser::loop_body(Command& command) {
  skip_newlines();
  if (bash() && take_reserved("{")) {
    command.lists.push_back(list());
    expect_reserved("}");
    return;
  }
  expect_reserved("do");
  command.lists.push_back(list());
  expect_reserved("done");
}

void Parser::for_loop(Command& command, CommandKind kind) {
  command.kind = kind;
  skip_blanks();
  if (bash() && kind == CommandKind::for_loop && looking_at("((")) return arithmetic_for(command);
  command.name = variable_name();
  skip_newlines();
  if (take_reserved("in")) {
    command.has_in = true;
    for (skip_blanks(); !at_end() && peek() != '\n' && peek() != ';'; skip_blanks()) {
      auto word = this->word();
      if (word.parts.empty()) return fail("unexpected " + std::string(text_.substr(at_, 1)));
      command.words.push_back(std::move(word));
    }
  }
  skip_blanks();
  if (peek() == ';' && peek(1) != ';') ++at_;
  loop_body(command);
}

void Parser::arithmetic_for(Command& command) {
  command.kind = CommandKind::arithmetic_for;
  at_ += 2;
  for (const char* end : {";", ";", "))"}) {
    command.words.push_back(operand(Context::arithmetic, false));
    expect(end);
  }
  skip_blanks();
  if (peek() == ';') ++at_;
  loop_body(command);
}

void Parser::case_clause(Command& command) {
  command.kind = CommandKind::case_clause;
  skip_blanks();
  command.words.push_back(word());
  if (command.words.front().parts.empty()) return fail("case without a word");
  expect_reserved("in");
  for (skip_newlines(); !at_end() && !at_reserved("esac"); skip_newlines()) {
    command.cases.push_back(case_item());
    const auto& terminator = command.cases.back().terminator;
    if (terminator.empty()) {
      command.cases.back().terminator = ";;";
      break;
    }
  }
  expect_reserved("esac");
}

/// An item; its terminator is "" when there was none: it is the last.
CaseItem Parser::case_item() {
  CaseItem item;
  const auto begin = at_;
  if (take("(")) skip_blanks();
  do {
    skip_blanks();
    item.patterns.push_back(word());
    if (item.patterns.back().parts.empty()) fail("case pattern expected");
    skip_blanks();
  } while (take("|") && !failure_);
  expect(")");
  item.body = list();
  item.terminator = take(";;&") ? ";;&" : take(";;") ? ";;" : take(";&") ? ";&" : "";
  item.span = span_from(begin);
  return item;
}

void Parser::function_body(Command& command) {
  command.kind = CommandKind::function;
  skip_newlines();
  if (bash() && !at_compound()) return fail("function body expected");
  command.body.push_back(this->command());
}

void Parser::coprocess(Command& command) {
  command.kind = CommandKind::coprocess;
  skip_blanks();
  const auto start = mark();
  if (is_name_start(peek()) && !at_compound()) {
    command.name = variable_name();
    skip_blanks();
    if (!at_compound()) {
      go_back(start);
      command.name.clear();
    }
  }
  command.body.push_back(this->command());
}

/// One token of [[ ]]; `before` is the text of the one before when that was an operator word ("=~").
Word Parser::conditional_token(std::string_view before) {
  constexpr std::string_view operators[] = {"&&", "||", "(", ")", "<", ">"};
  if (before == "=~") return word(Context::regex);
  const auto begin = at_;
  for (const auto text : operators) {
    if (!take(text)) continue;
    const auto span = span_from(begin);
    return {span, {{.kind = PartKind::operator_token, .span = span, .text = std::string(text)}}};
  }
  return word();
}

void Parser::conditional(Command& command) {
  command.kind = CommandKind::conditional;
  std::string before;
  for (skip_newlines(); !at_end() && !at_reserved("]]"); skip_newlines()) {
    auto token = conditional_token(before);
    if (token.parts.empty()) return fail("unexpected " + std::string(text_.substr(at_, 1)) + " in [[ ]]");
    const bool plain = token.parts.size() == 1 && token.parts.front().kind == PartKind::literal;
    before = plain ? token.parts.front().text : std::string();
    command.words.push_back(std::move(token));
  }
  if (command.words.empty()) fail("empty [[ ]]");
  if (!take_reserved("]]")) fail("expected ]]");
}

/// "((…))", unless it is a subshell in a subshell.
bool Parser::arithmetic_command(Command& command) {
  if (!may_guess()) return false;
  const auto start = mark();
  at_ += 2;
  ++guesses_;
  auto expression = operand(Context::arithmetic, true);
  --guesses_;
  if (failure_ || !take("))")) {
    go_back(start);
    return false;
  }
  command.kind = CommandKind::arithmetic;
  command.words.push_back(std::move(expression));
  return true;
}

}  // namespace imgslim::shell
