#include "shell/pattern.h"

#include <cstdint>

namespace imgslim::shell {
namespace {

constexpr auto none = std::string_view::npos;

/// "[:digit:]" and its like, of ASCII.
bool in_class(std::string_view name, unsigned char c) {
  const bool lower = c >= 'a' && c <= 'z', upper = c >= 'A' && c <= 'Z', digit = c >= '0' && c <= '9';
  const bool graph = c > ' ' && c < 0x7f;
  if (name == "alpha") return lower || upper;
  if (name == "digit") return digit;
  if (name == "alnum") return lower || upper || digit;
  if (name == "lower") return lower;
  if (name == "upper") return upper;
  if (name == "space") return c == ' ' || (c >= '\t' && c <= '\r');
  if (name == "blank") return c == ' ' || c == '\t';
  if (name == "punct") return graph && !lower && !upper && !digit;
  if (name == "xdigit") return digit || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  if (name == "print") return graph || c == ' ';
  if (name == "graph") return graph;
  return name == "cntrl" && (c < ' ' || c == 0x7f);
}

enum class Grammar : std::uint8_t { pattern, regex };

/// One byte against the set that begins behind "[" at `at`, which is moved behind "]"; `at` is npos for no set.
bool in_set(std::string_view pattern, std::size_t& at, char c, Grammar grammar) {
  auto i = at;
  const bool is_regex = grammar == Grammar::regex;
  const bool negated = i < pattern.size() && ((pattern[i] == '!' && !is_regex) || pattern[i] == '^');
  if (negated) ++i;
  bool found = false;
  for (bool first = true; i < pattern.size() && (first || pattern[i] != ']'); first = false) {
    const auto class_end = pattern.substr(i).starts_with("[:") ? pattern.find(":]", i) : none;
    if (class_end != none) {
      found = found || in_class(pattern.substr(i + 2, class_end - i - 2), static_cast<unsigned char>(c));
      i = class_end + 2;
      continue;
    }
    const auto byte = [&] {
      if (pattern[i] == '\\' && !is_regex && i + 1 < pattern.size()) ++i;
      return static_cast<unsigned char>(pattern[i++]);
    };
    const auto low = byte();
    auto high = low;
    if (i + 1 < pattern.size() && pattern[i] == '-' && pattern[i + 1] != ']') {
      ++i;
      high = byte();
    }
    const auto value = static_cast<unsigned char>(c);
    found = found || (low <= value && value <= high);
  }
  at = i < pattern.size() ? i + 1 : none;
  return found != negated;
}

/// Matches one element of the pattern at `at` (no "*") with `c`; `at` is moved behind it.
bool matches_one(std::string_view pattern, std::size_t& at, char c) {
  const char p = pattern[at];
  if (p == '?') return ++at, true;
  if (p == '[') {
    auto end = at + 1;
    const bool found = in_set(pattern, end, c, Grammar::pattern);
    if (end != none) return at = end, found;
  }
  if (p == '\\' && at + 1 < pattern.size()) ++at;
  return pattern[at++] == c;
}

}  // namespace

bool matches(std::string_view pattern, std::string_view text) {
  std::size_t p = 0, t = 0, star = none, resume = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = ++p;
      resume = t;
      continue;
    }
    if (p < pattern.size() && matches_one(pattern, p, text[t])) {
      ++t;
      continue;
    }
    if (star == none) return false;
    p = star;  // the last * takes one byte more
    t = ++resume;
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

bool is_pattern(std::string_view pattern) {
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == '\\') {
      ++i;
    } else if (std::string_view("*?[").find(pattern[i]) != none) {
      return true;
    }
  }
  return false;
}

std::string escape_pattern(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (std::string_view("*?[]\\!^-").find(c) != none) escaped += '\\';
    escaped += c;
  }
  return escaped;
}

ByteSet regex_set(std::string_view text) {
  ByteSet set;
  for (std::size_t c = 0; c < set.bytes.size(); ++c) {
    std::size_t end = 0;
    set.bytes[c] = in_set(text, end, static_cast<char>(c), Grammar::regex);
    set.length = end == none ? 0 : end;
  }
  return set;
}

std::string unescape_pattern(std::string_view pattern) {
  std::string text;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == '\\' && i + 1 < pattern.size()) ++i;
    text += pattern[i];
  }
  return text;
}

}  // namespace imgslim::shell
