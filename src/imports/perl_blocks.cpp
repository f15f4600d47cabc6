// Only perl can parse Perl. What a require depends on is told by lines: the words `if`, `unless`, `elsif`, `else`,
// `while` and `until` at the begin of a line open blocks that may not run; `&&`, `and`, `?` in front of a require, and
// `if` or `unless` behind it, make it depend on something; `||` and `or` make it stand in for what is in front of them.
// Conditions that hold nearly everywhere are none: that Perl is new enough, that something is not set. `if ($@)`
// follows an eval that tried. The condition of an `if` itself runs: `if (eval { require X })` tries to load X.
#include "imports/perl_blocks.h"

#include <algorithm>

#include "imports/scan.h"

namespace imgslim::imports {
namespace {

constexpr std::size_t deepest = 128;  // blocks in each other; all of them are asked for each require

bool contains(std::string_view text, std::string_view part) { return text.find(part) != npos; }

/// "$] >= 5.008", "!$ENV{X}", and for `unless` the other way round: what guards something is mostly not set yet.
bool holds_mostly(std::string_view word, std::string_view condition) {
  const bool asks_version = contains(condition, "$] >") || contains(condition, "$]>");
  const bool asks_system = contains(condition, "$^O") || contains(condition, "Win32");
  const bool negated = contains(condition, "!$") || contains(condition, "! $") || contains(condition, "not $") ||
                       contains(condition, "!defined");
  if (word == "unless") return !asks_version && !asks_system && !negated && !contains(condition, "eval");
  return asks_version || (negated && !asks_system && !contains(condition, "&&") && !contains(condition, " and "));
}

bool is_condition(std::string_view word) {
  constexpr std::string_view words[] = {"if", "unless", "elsif", "else", "while", "until"};
  return std::find(std::begin(words), std::end(words), word) != std::end(words);
}

/// Where the statement that holds byte `at` begins in the line.
std::size_t statement_begin(std::string_view line, std::size_t at) {
  const auto last = line.substr(0, at).rfind(';');
  return last == npos ? 0 : last + 1;
}

/// What operators in front of a require say.
Level level_behind(std::string_view before) {
  const bool alternative = contains(before, "||") || contains(before, " or ");
  if (alternative) return Level::fallback;
  const bool depends = contains(before, "&&") || contains(before, " and ") || contains(before, " ? ");
  const bool unset_chooses = contains(before, "$ENV{") && contains(before, " ? ") && contains(before, " : ");
  if (unset_chooses) return Level::load;
  const bool unset = contains(before, "!$ENV{") || contains(before, "! $ENV{") || contains(before, "not $ENV{");
  return depends && !unset && !holds_mostly("if", before) ? Level::call : Level::load;
}

/// What a modifier behind says: `require X if COND;`.
bool is_modified(std::string_view behind) {
  behind = behind.substr(0, behind.find(';'));
  for (const std::string_view word : {"if", "unless"}) {
    for (auto at = behind.find(word); at != npos; at = behind.find(word, at + 1)) {
      const auto end = at + word.size();
      const bool is_word = at > 0 && behind[at - 1] == ' ' && end < behind.size() && !is_word_byte(behind[end]);
      if (is_word && !holds_mostly(word, behind.substr(end))) return true;
    }
  }
  return false;
}

}  // namespace

bool is_in_perl_comment(std::string_view line, std::size_t at) {
  for (auto mark = line.find('#'); mark < at; mark = line.find('#', mark + 1))
    if (mark == 0 || line[mark - 1] == ' ' || line[mark - 1] == '\t' || line[mark - 1] == ';') return true;
  return false;
}

bool PerlBlocks::has(Kind kind) const {
  return std::any_of(blocks_.begin(), blocks_.end(), [&](const Block& block) { return block.kind == kind; });
}

void PerlBlocks::open(std::size_t indent, Kind kind) {
  if (blocks_.size() < deepest) blocks_.push_back({indent, kind});
}

void PerlBlocks::begin_line(std::string_view line, std::size_t indent) {
  line_ = line;
  in_line_sub_ = assured_ = opens_block_ = false;
  head_ = {};
  auto begin = indent;
  bool continues = false;
  const bool tried = last_tried_;
  if (line[indent] == '}') {
    while (!blocks_.empty() && blocks_.back().indent >= indent) blocks_.pop_back();
    begin = std::min(line.find_first_not_of("} \t", indent), line.size());
    continues = true;
  }
  const auto word = leading_word(line.substr(begin));
  if (is_condition(word)) {
    head_ = word;
    head_begin_ = begin;
    read_condition(begin, indent, continues || word == "else" || word == "elsif", tried);
  }
  read_sub(indent);
}

void PerlBlocks::read_condition(std::size_t begin, std::size_t indent, bool continues, bool tried) {
  const auto code = line_.substr(begin);
  const bool chained = continues && (head_ == "else" || head_ == "elsif");
  const bool never = contains(code, "$] <") || contains(code, "$]<");  // an older Perl
  assured_ = chained ? head_ == "else" && last_never_ : holds_mostly(head_, code);
  last_never_ = !chained && head_ == "if" && never;
  const bool loads = contains(code, "require ") || contains(code, "require(");
  last_tried_ = loads || (chained && tried);
  const auto opened = std::count(code.begin(), code.end(), '{'), closed = std::count(code.begin(), code.end(), '}');
  const bool goes_on = opened > closed || (opened == 0 && !contains(code, ";"));
  if (!goes_on || assured_) return;
  const bool failed = contains(code, "($@)") || contains(code, "($EVAL_ERROR)");  // what an eval above it tried
  const bool stands_in = failed || (chained ? tried : head_ == "unless" && loads);
  const auto size = blocks_.size();
  open(indent, stands_in ? Kind::alternative : Kind::condition);
  opens_block_ = blocks_.size() > size;
}

/// Opens a sub whose body goes on in the lines below.
void PerlBlocks::read_sub(std::size_t indent) {
  const auto at = line_.find("sub", indent);
  if (at == npos) return;
  const bool is_word =
      (at == 0 || !is_word_byte(line_[at - 1])) && at + 3 < line_.size() && !is_word_byte(line_[at + 3]);
  if (!is_word || is_in_perl_comment(line_, at)) return;
  const auto opened = std::count(line_.begin(), line_.end(), '{'), closed = std::count(line_.begin(), line_.end(), '}');
  const bool declaration = opened == 0 && line_.find(';', at) != npos;
  if (declaration) return;
  if (opened > 0 && opened <= closed)
    in_line_sub_ = true;
  else
    open(indent, Kind::sub);
}

PerlRun PerlBlocks::run_of(std::size_t at) const {
  if (in_line_sub_ || has(Kind::sub)) return {Level::call, true};
  const auto before = line_.substr(0, at);
  const bool heads = !head_.empty() && at > head_begin_;
  const auto inside = heads ? before.substr(head_begin_) : std::string_view();
  const bool in_head =
      heads && std::count(inside.begin(), inside.end(), '(') > std::count(inside.begin(), inside.end(), ')');
  // The block that the line's own condition opens does not hold what stands in the condition.
  const auto open = blocks_.size() - (in_head && opens_block_ ? 1 : 0);
  for (std::size_t i = 0; i < open; ++i)
    if (blocks_[i].kind == Kind::condition) return {Level::call, false};
  for (std::size_t i = 0; i < open; ++i)
    if (blocks_[i].kind == Kind::alternative) return {Level::fallback, false};
  if (in_head) return {head_ == "elsif" || head_ == "while" ? Level::call : level_behind(inside), false};
  if (heads && !assured_) return {Level::call, false};
  if (is_modified(line_.substr(at))) return {Level::call, false};
  return {level_behind(before.substr(std::min(statement_begin(line_, at), before.size()))), false};
}

}  // namespace imgslim::imports
