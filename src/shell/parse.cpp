/// Lists, chains and pipelines, and what happens where the grammar is left.
///
/// The grammar is that of POSIX.1-2017 XCU 2.10.2 with bash's additions, read straight from the bytes: a shell has no
/// tokens that are independent of where they stand. Here-documents are read when the newline behind their operator is
/// passed, wherever that is. Where two readings are possible ("((" and "name[") the first is tried and given up when it
/// does not come out; how deep such guesses nest and how many bytes they may cost is bounded, which keeps the whole
/// linear.
#include "shell/parse.h"

#include <algorithm>

#include "shell/parser.h"

namespace imgslim::shell {
namespace {

constexpr std::size_t largest_text = UINT32_MAX - 1;
constexpr std::string_view word_ends = " \t\n;&|()<>";

}  // namespace

Parser::Nesting::Nesting(Parser& parser) : parser_(parser) {
  if (++parser_.depth_ > deepest_nesting) parser_.fail("nested too deeply");
}

int Parser::peek(std::size_t ahead) const {
  if (failure_ || at_ + ahead >= end_) return -1;
  return static_cast<unsigned char>(text_[at_ + ahead]);
}

bool Parser::looking_at(std::string_view text) const {
  return !failure_ && text_.substr(at_, end_ - at_).starts_with(text);
}

bool Parser::take(std::string_view text) {
  if (!looking_at(text)) return false;
  at_ += text.size();
  return true;
}

void Parser::expect(std::string_view text) {
  if (!take(text)) fail("expected " + std::string(text));
}

void Parser::fail(std::string reason) {
  if (!failure_) failure_ = {at_, std::move(reason)};
}

std::uint32_t Parser::offset(std::size_t at) const {
  return origin_ == nullptr ? static_cast<std::uint32_t>(at) : (*origin_)[at];
}

/// Ends behind its last byte: in an unescaped copy, the next byte may stand further on.
Span Parser::span_from(std::size_t begin) const {
  return {offset(begin), at_ == begin ? offset(begin) : offset(at_ - 1) + 1};
}

Parser::Mark Parser::mark() const { return {at_, parsed_.here_documents.size(), parsed_.comments.size(), pending_}; }

void Parser::go_back(const Mark& mark) {
  const auto reached = failure_ ? failure_->at : at_;
  const auto cost = std::max(reached, at_) - std::min(mark.at, at_);
  budget_ -= std::min(budget_, cost);
  failure_.reset();
  at_ = mark.at;
  parsed_.here_documents.resize(mark.here_documents);
  parsed_.comments.resize(mark.comments);
  pending_ = mark.pending;
}

bool Parser::skip_continuation() {
  bool skipped = false;
  while (looking_at("\\\n")) {
    at_ += 2;
    skipped = true;
  }
  return skipped;
}

void Parser::skip_blanks() {
  while (!at_end()) {
    const int c = peek();
    if (c == ' ' || c == '\t') {
      ++at_;
    } else if (c == '#') {
      const auto begin = at_;
      at_ = std::min(text_.find('\n', at_), end_);
      parsed_.comments.push_back(span_from(begin));
    } else if (!skip_continuation()) {
      return;
    }
  }
}

void Parser::skip_newlines() {
  for (skip_blanks(); peek() == '\n'; skip_blanks()) newline();
}

void Parser::newline() {
  ++at_;
  const auto documents = std::exchange(pending_, {});
  for (const auto index : documents) {
    auto document = std::move(parsed_.here_documents[index]);  // the table may grow while the body is read
    read_here_document(document);
    parsed_.here_documents[index] = std::move(document);
  }
}

/// The unquoted word here when it is short enough to be a reserved one, else "".
Parser::PlainWord Parser::plain_word() const {
  PlainWord word;
  if (failure_) return word;
  constexpr std::size_t longest = 8;
  auto at = at_;
  for (; at < end_ && word_ends.find(text_[at]) == std::string_view::npos; ++at) {
    while (text_.substr(at, end_ - at).starts_with("\\\n")) at += 2;
    if (at >= end_ || word_ends.find(text_[at]) != std::string_view::npos) break;
    if (word.text.size() == longest) return {};
    word.text += text_[at];
  }
  word.bytes = at - at_;
  return word;
}

bool Parser::take_reserved(std::string_view word) {
  const auto here = plain_word();
  if (here.text != word) return false;
  at_ += here.bytes;
  return true;
}

void Parser::expect_reserved(std::string_view word) {
  skip_newlines();
  if (!take_reserved(word)) fail("expected " + std::string(word));
}

bool Parser::at_list_end() const {
  if (at_end() || peek() == ')' || looking_at(";;") || looking_at(";&")) return true;
  const auto word = plain_word().text;
  constexpr std::string_view ends[] = {"then", "else", "elif", "fi", "do", "done", "esac", "}"};
  return std::find(std::begin(ends), std::end(ends), word) != std::end(ends);
}

/// What stands between two chains; false when there is nothing.
bool Parser::separator(Chain& chain) {
  skip_blanks();
  if (looking_at(";;") || looking_at(";&")) return false;
  if (peek() == '&') {
    ++at_;
    chain.background = true;
  } else if (peek() == ';') {
    ++at_;
  } else if (peek() != '\n') {
    return false;
  }
  return true;
}

List Parser::list() {
  List list;
  skip_newlines();
  const auto begin = at_;
  for (bool more = true; more && !at_list_end();) {
    list.chains.push_back(chain());
    more = separator(list.chains.back());
    list.span = span_from(begin);
    skip_newlines();
  }
  if (list.chains.empty()) list.span = span_from(begin);
  return list;
}

Chain Parser::chain() {
  Chain chain;
  const auto begin = at_;
  auto connector = Connector::none;
  do {
    chain.pipelines.push_back(pipeline(connector));
    chain.span = span_from(begin);
    skip_blanks();
    connector = take("&&") ? Connector::both : take("||") ? Connector::either : Connector::none;
    if (connector != Connector::none) skip_newlines();
  } while (connector != Connector::none && !failure_);
  return chain;
}

/// "|&", which was just read, means "2>&1 |".
void Parser::redirect_errors(Command& command) {
  const Span span{offset(at_ - 1), offset(at_)};
  auto* last = &command;
  for (; !last->body.empty(); last = &last->body.back()) last->span.end = span.end;
  last->span.end = span.end;
  last->redirections.push_back({span, "2", ">&", {span, {{.span = span, .text = "1"}}}, std::nullopt});
}

Pipeline Parser::pipeline(Connector connector) {
  Pipeline pipeline;
  pipeline.connector = connector;
  const auto begin = at_;
  for (bool prefix = true; prefix; skip_blanks()) {
    if (take_reserved("!")) {
      pipeline.negated = !pipeline.negated;
    } else if (bash() && take_reserved("time")) {
      pipeline.timed = true;
      skip_blanks();
      (void)take_reserved("-p");
    } else {
      prefix = false;
    }
  }
  const bool nothing_to_time = pipeline.timed && (at_end() || peek() == '\n' || peek() == ';');
  for (bool more = !nothing_to_time; more && !failure_;) {
    auto& command = pipeline.commands.emplace_back(this->command());
    skip_blanks();
    more = peek() == '|' && peek(1) != '|';
    if (more) ++at_;
    if (more && take("&")) redirect_errors(command);
    if (more) skip_newlines();
  }
  pipeline.span = span_from(begin);
  return pipeline;
}

/// Makes an opaque command of what failed, from `start` to the end of the line with the problem.
void Parser::recover(List& list, const Mark& start) {
  const auto failure = *std::exchange(failure_, std::nullopt);
  pending_.clear();
  at_ = std::min(text_.find('\n', std::max(failure.at, start.at)), end_);
  while (at_ < end_ && at_ > start.at && text_[at_ - 1] == '\\') at_ = std::min(text_.find('\n', at_ + 1), end_);
  const bool last = at_ == end_;
  for (auto rest = text_.substr(start.at, at_ - start.at); rest.ends_with('\n') && (last || !rest.ends_with("\\\n"));
       rest.remove_suffix(1))
    --at_;
  Command command;
  command.kind = CommandKind::opaque;
  command.span = span_from(start.at);
  command.name = std::string(text_.substr(start.at, at_ - start.at));
  parsed_.here_documents.resize(start.here_documents);
  parsed_.opaque.push_back({command.span, failure.reason});
  Pipeline pipeline;
  pipeline.span = command.span;
  pipeline.commands.push_back(std::move(command));
  list.chains.push_back({pipeline.span, {}, false});
  list.chains.back().pipelines.push_back(std::move(pipeline));
}

List Parser::script() {
  List list;
  skip_newlines();
  auto start = mark();
  std::size_t chains = 0;
  while (!at_end()) {
    // A chain that fails takes with it those before it whose here-documents it may have read.
    if (pending_.empty()) {
      start = mark();
      chains = list.chains.size();
    }
    auto chain = this->chain();
    if (!failure_ && !separator(chain) && !at_end()) fail("unexpected " + std::string(text_.substr(at_, 1)));
    if (failure_) {
      list.chains.resize(chains);
      recover(list, start);
    } else {
      list.chains.push_back(std::move(chain));
    }
    skip_newlines();
  }
  list.span = {0, offset(end_)};
  return list;
}

Parsed parse(std::string_view text, Dialect dialect) {
  Parsed parsed;
  if (text.size() > largest_text) {
    parsed.opaque.push_back({{0, UINT32_MAX}, "too large"});
    return parsed;
  }
  parsed.list = Parser(text, dialect, parsed).script();
  return parsed;
}

}  // namespace imgslim::shell
