#pragma once

#include <bitset>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace imgslim::shell {

/// Ranges of bytes in the text that was searched: the whole match first, then the groups; npos for one that took no
/// part.
struct RegexMatch {
  struct Range {
    std::size_t begin = std::string_view::npos, end = std::string_view::npos;
  };
  std::vector<Range> ranges;
  [[nodiscard]] std::string_view text_of(std::size_t group, std::string_view text) const;
};

/// The part of POSIX' regular expressions (POSIX.1-2017 XBD 9) that scripts give to expr, grep and sed: bytes, sets,
/// repetitions of one of them, groups, anchors. Alternatives, counted repetitions and back references are refused.
class BasicRegex {
 public:
  enum class Grammar : std::uint8_t { basic, extended };
  enum class Letters : std::uint8_t { as_they_are, either_case };

  /// Nothing when the pattern is wrong, or of the kinds that are refused.
  [[nodiscard]] static std::optional<BasicRegex> read(std::string_view pattern, Grammar grammar,
                                                      Letters letters = Letters::as_they_are);

  enum class Outcome : std::uint8_t { none, found, unknown };  ///< unknown: it takes more steps than are allowed
  struct Result {
    Outcome outcome = Outcome::none;
    RegexMatch match;
  };
  /// The first match that begins at `from` or later.
  [[nodiscard]] Result search(std::string_view text, std::size_t from = 0) const;
  /// One that begins at the start of the text, as expr's ":" has it.
  [[nodiscard]] Result match_start(std::string_view text) const;
  [[nodiscard]] std::size_t groups() const { return groups_; }

 private:
  enum class Kind : std::uint8_t { bytes, line_begin, line_end, group_begin, group_end };
  struct Item {
    Kind kind = Kind::bytes;
    std::bitset<256> bytes;
    bool may_lack = false, may_repeat = false;
    std::size_t group = 0;
  };
  struct Attempt;
  class Reader;

  [[nodiscard]] bool matches(Attempt& attempt, std::size_t item, std::size_t at) const;
  [[nodiscard]] Result attempt_at(Attempt& attempt, std::size_t at) const;

  std::vector<Item> items_;
  std::size_t groups_ = 0;
};

}  // namespace imgslim::shell
