// Patterns of ${x#p} and its like, by way of RE2, whose time is linear in the text. A shortest suffix has no regular
// expression that finds it from the left, so pattern and text are reversed and it becomes a prefix.
#include "dockerfile/substitution.h"

#include <re2/re2.h>

#include <algorithm>
#include <vector>

#include "dockerfile/utf8.h"

namespace imgslim::dockerfile {
namespace {

struct Element {
  enum class Kind : std::uint8_t { character, any, star } kind = Kind::character;
  std::string character;
};
using Elements = std::vector<Element>;

/// The text's characters; single bytes where it is no UTF-8.
std::vector<std::string> characters(std::string_view text) {
  std::vector<std::string> list;
  for (std::size_t at = 0; at < text.size();) {
    const auto begin = at;
    (void)take_utf8(text, at);
    list.emplace_back(text.substr(begin, at - begin));
  }
  return list;
}

std::optional<Elements> read_pattern(std::string_view pattern) {
  Elements elements;
  const auto list = characters(pattern);
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (list[i] == "*") {
      elements.push_back({Element::Kind::star, {}});
    } else if (list[i] == "?") {
      elements.push_back({Element::Kind::any, {}});
    } else if (list[i] == "\\") {
      ++i;
      if (i == list.size() || std::string_view("*?\\/}").find(list[i]) == std::string_view::npos) return std::nullopt;
      elements.push_back({Element::Kind::character, list[i]});
    } else {
      elements.push_back({Element::Kind::character, list[i]});
    }
  }
  return elements;
}

bool is_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto begin = at;
    if (take_utf8(text, at) == replacement_character && at - begin == 1) return false;
  }
  return true;
}

std::string expression(const Elements& elements, Match match) {
  std::string out;
  for (const auto& element : elements) {
    if (element.kind == Element::Kind::star) {
      out += match == Match::longest ? ".*" : ".*?";
    } else {
      out += element.kind == Element::Kind::any ? "." : RE2::QuoteMeta(element.character);
    }
  }
  return out;
}

/// A compiled pattern; not ok() when it is too large.
class Pattern {
 public:
  Pattern(const Elements& elements, Match match, std::string_view value)
      : expression_(expression(elements, match)), re_(expression_, options(expression_, value)) {}
  [[nodiscard]] bool ok() const { return re_.ok(); }

  /// Bytes of the match that begins the text; nothing when there is none.
  [[nodiscard]] std::optional<std::size_t> prefix(std::string_view text) const {
    re2::StringPiece found;
    const re2::StringPiece piece(text.data(), text.size());
    if (!re_.Match(piece, 0, piece.size(), RE2::ANCHOR_START, &found, 1)) return std::nullopt;
    return found.size();
  }

  struct Place {
    std::size_t begin, end;
  };
  [[nodiscard]] std::optional<Place> find(std::string_view text, std::size_t from) const {
    re2::StringPiece found;
    const re2::StringPiece piece(text.data(), text.size());
    if (!re_.Match(piece, from, piece.size(), RE2::UNANCHORED, &found, 1)) return std::nullopt;
    const auto begin = static_cast<std::size_t>(found.data() - piece.data());
    return Place{begin, begin + found.size()};
  }

 private:
  static RE2::Options options(std::string_view expression, std::string_view value) {
    RE2::Options options;
    options.set_log_errors(false);
    options.set_dot_nl(false);
    if (!is_utf8(expression) || !is_utf8(value)) options.set_encoding(RE2::Options::EncodingLatin1);
    return options;
  }

  std::string expression_;
  RE2 re_;
};

std::string reversed(std::string_view text) {
  const auto list = characters(text);
  std::string out;
  for (auto next = list.rbegin(); next != list.rend(); ++next) out += *next;
  return out;
}

std::optional<std::size_t> prefix_length(std::string_view value, const Elements& elements, Match match) {
  const Pattern pattern(elements, match, value);
  if (!pattern.ok()) return std::nullopt;
  return pattern.prefix(value).value_or(0);
}

}  // namespace

std::optional<std::string> without_prefix(std::string_view value, std::string_view pattern, Match match) {
  const auto elements = read_pattern(pattern);
  const auto length = elements ? prefix_length(value, *elements, match) : std::nullopt;
  if (!length) return std::nullopt;
  return std::string(value.substr(*length));
}

std::optional<std::string> without_suffix(std::string_view value, std::string_view pattern, Match match) {
  auto elements = read_pattern(pattern);
  if (!elements) return std::nullopt;
  std::reverse(elements->begin(), elements->end());
  const auto length = prefix_length(reversed(value), *elements, match);
  if (!length) return std::nullopt;
  return std::string(value.substr(0, value.size() - *length));
}

std::optional<std::string> with_replacement(std::string_view value, std::string_view pattern,
                                            std::string_view replacement, const Replacing& how) {
  const auto elements = read_pattern(pattern);
  if (!elements) return std::nullopt;
  const Pattern re(*elements, Match::longest, value);
  if (!re.ok()) return std::nullopt;
  std::string out;
  std::size_t copied = 0, from = 0;
  while (from <= value.size()) {
    const auto found = re.find(value, from);
    if (!found) break;
    const bool behind_match = found->begin == found->end && found->begin == copied && copied > 0;
    if (!behind_match) {
      out += value.substr(copied, found->begin - copied);
      out += replacement;
      copied = found->end;
      if (how.occurrences == Occurrences::first || out.size() > how.most_bytes) break;
    }
    from = found->end;
    if (found->begin == found->end) {  // an empty match: go on behind the next character
      if (from == value.size()) break;
      (void)take_utf8(value, from);
    }
  }
  return out + std::string(value.substr(copied));
}

}  // namespace imgslim::dockerfile
