// A pattern is a row of items, each a set of bytes with its repetition, an anchor, or the edge of a group. The matcher
// takes as many bytes as an item can and gives them back one by one; its depth is the number of items, and its steps
// are counted, for the pattern and the text are an image's.
#include "shell/basic_regex.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include "shell/pattern.h"

namespace imgslim::shell {
namespace {

constexpr std::size_t most_items = 200;
constexpr std::size_t most_steps = 50'000;

unsigned char byte_of(char c) { return static_cast<unsigned char>(c); }

}  // namespace

std::string_view RegexMatch::text_of(std::size_t group, std::string_view text) const {
  if (group >= ranges.size() || ranges[group].begin == std::string_view::npos) return {};
  return text.substr(ranges[group].begin, ranges[group].end - ranges[group].begin);
}

/// Reads a pattern from front to back.
class BasicRegex::Reader {
 public:
  Reader(std::string_view pattern, Grammar grammar, Letters letters)
      : pattern_(pattern), extended_(grammar == Grammar::extended), letters_(letters) {}

  std::optional<BasicRegex> read() {
    while (at_ < pattern_.size())
      if (regex_.items_.size() >= most_items || !read_item()) return std::nullopt;
    if (!open_.empty()) return std::nullopt;
    return std::move(regex_);
  }

 private:
  /// The next operator: of extended expressions it stands alone, of basic ones behind a backslash, "*" always alone.
  [[nodiscard]] bool takes_operator(char operation) {
    const bool escaped = pattern_.substr(at_).starts_with('\\');
    if (escaped == extended_ || at_ + (escaped ? 1 : 0) >= pattern_.size()) return false;
    if (pattern_[at_ + (escaped ? 1 : 0)] != operation) return false;
    at_ += escaped ? 2 : 1;
    return true;
  }

  [[nodiscard]] bool read_item() {
    if (takes_operator('(')) return open_group();
    if (takes_operator(')')) return close_group();
    if (takes_operator('|') || takes_operator('{')) return false;
    if (takes_operator('+')) return repeat({.may_repeat = true});
    if (takes_operator('?')) return repeat({.may_lack = true});
    const char c = pattern_[at_];
    if (c == '*' && !is_start()) return ++at_, repeat({.may_lack = true, .may_repeat = true});
    if (c == '^' && (extended_ || is_start())) return ++at_, add({Kind::line_begin, {}, false, false, 0});
    if (c == '$' && (extended_ || is_end())) return ++at_, add({Kind::line_end, {}, false, false, 0});
    return read_bytes();
  }

  /// Where "*" and "^" of basic expressions mean themselves, or an anchor.
  [[nodiscard]] bool is_start() const {
    return regex_.items_.empty() || regex_.items_.back().kind == Kind::group_begin ||
           (pattern_[at_] == '*' && regex_.items_.back().kind == Kind::line_begin);
  }
  [[nodiscard]] bool is_end() const {
    return at_ + 1 == pattern_.size() || pattern_.substr(at_ + 1).starts_with("\\)");
  }

  [[nodiscard]] bool read_bytes() {
    Item item;
    const char c = pattern_[at_++];
    if (c == '.') {
      item.bytes.set();
    } else if (c == '[') {
      const auto set = regex_set(pattern_.substr(at_));
      if (set.length == 0) return false;
      item.bytes = set.bytes;
      at_ += set.length;
    } else if (c == '\\') {
      // "\w" and back references are none that are known; "\." is a dot.
      if (at_ == pattern_.size() || std::isalnum(byte_of(pattern_[at_])) != 0) return false;
      item.bytes.set(byte_of(pattern_[at_++]));
    } else {
      item.bytes.set(byte_of(c));
    }
    if (letters_ == Letters::either_case) add_other_case(item.bytes);
    return add(item);
  }

  static void add_other_case(std::bitset<256>& bytes) {
    for (std::size_t i = 0; i < 26; ++i) {
      const bool any = bytes['a' + i] || bytes['A' + i];
      bytes['a' + i] = bytes['A' + i] = any;
    }
  }

  struct Repetition {
    bool may_lack = false, may_repeat = false;
  };
  [[nodiscard]] bool repeat(Repetition repetition) {
    if (regex_.items_.empty() || regex_.items_.back().kind != Kind::bytes) return false;
    auto& item = regex_.items_.back();
    item.may_lack = item.may_lack || repetition.may_lack;
    item.may_repeat = item.may_repeat || repetition.may_repeat;
    return true;
  }

  [[nodiscard]] bool open_group() {
    open_.push_back(++regex_.groups_);
    return add({Kind::group_begin, {}, false, false, open_.back()});
  }

  [[nodiscard]] bool close_group() {
    if (open_.empty()) return false;
    const auto group = open_.back();
    open_.pop_back();
    return add({Kind::group_end, {}, false, false, group});
  }

  bool add(Item item) {
    regex_.items_.push_back(item);
    return true;
  }

  std::string_view pattern_;
  bool extended_;
  Letters letters_;
  BasicRegex regex_;
  std::vector<std::size_t> open_;
  std::size_t at_ = 0;
};

std::optional<BasicRegex> BasicRegex::read(std::string_view pattern, Grammar grammar, Letters letters) {
  return Reader(pattern, grammar, letters).read();
}

struct BasicRegex::Attempt {
  std::string_view text;
  std::size_t steps = 0;
  std::vector<RegexMatch::Range> ranges;
  [[nodiscard]] bool spent() const { return steps > most_steps; }
};

bool BasicRegex::matches(Attempt& attempt, std::size_t item, std::size_t at) const {
  if (++attempt.steps > most_steps) return false;
  if (item == items_.size()) {
    attempt.ranges[0].end = at;
    return true;
  }
  const auto& next = items_[item];
  if (next.kind == Kind::line_begin) return at == 0 && matches(attempt, item + 1, at);
  if (next.kind == Kind::line_end) return at == attempt.text.size() && matches(attempt, item + 1, at);
  if (next.kind != Kind::bytes) {
    auto& edge = next.kind == Kind::group_begin ? attempt.ranges[next.group].begin : attempt.ranges[next.group].end;
    const auto before = std::exchange(edge, at);
    if (matches(attempt, item + 1, at)) return true;
    edge = before;
    return false;
  }
  auto end = at;
  const auto most = next.may_repeat ? attempt.text.size() : std::min(attempt.text.size(), at + 1);
  while (end < most && next.bytes[byte_of(attempt.text[end])]) ++end;
  attempt.steps += (end - at) / 16;
  const auto fewest = at + (next.may_lack ? 0 : 1);
  for (; end >= fewest && !attempt.spent(); --end) {
    if (matches(attempt, item + 1, end)) return true;
    if (end == 0) break;
  }
  return false;
}

BasicRegex::Result BasicRegex::attempt_at(Attempt& attempt, std::size_t at) const {
  attempt.ranges.assign(groups_ + 1, {});
  attempt.ranges[0].begin = at;
  if (matches(attempt, 0, at)) return {Outcome::found, {attempt.ranges}};
  return {attempt.spent() ? Outcome::unknown : Outcome::none, {}};
}

BasicRegex::Result BasicRegex::search(std::string_view text, std::size_t from) const {
  Attempt attempt{text, 0, {}};
  for (auto at = from; at <= text.size(); ++at)
    if (auto result = attempt_at(attempt, at); result.outcome != Outcome::none) return result;
  return {};
}

BasicRegex::Result BasicRegex::match_start(std::string_view text) const {
  Attempt attempt{text, 0, {}};
  return attempt_at(attempt, 0);
}

}  // namespace imgslim::shell
