#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace re2 {
class RE2;
}  // namespace re2

namespace imgslim::rules {

/// A compiled regular expression. It matches anywhere in a text unless it is anchored.
class Pattern {
 public:
  /// Nothing when RE2 refuses it; `problem` is why then.
  static std::optional<Pattern> compile(std::string_view text, std::string& problem);
  [[nodiscard]] bool matches(std::string_view text) const;

 private:
  std::shared_ptr<const re2::RE2> expression_;
};

/// Globs on clean paths, asked all at once: "*" and "?" stop at "/", "**" does not, "[a-z]" is a set.
class GlobSet {
 public:
  explicit GlobSet(const std::vector<std::string>& globs);
  /// Positions of the globs that match the whole path, ascending.
  [[nodiscard]] std::vector<int> matches(std::string_view path) const;

 private:
  struct Compiled;
  std::shared_ptr<const Compiled> compiled_;
};

/// A condition on one text: one of the alternatives holds (none stated: any text), and none of `except` does.
struct Matcher {
  std::vector<std::string> is, prefix, suffix, contains;
  std::vector<Pattern> patterns;
  std::vector<Matcher> except;

  [[nodiscard]] bool matches(std::string_view text) const;
};

/// A condition on all values of a field or on all operands of a command.
struct ValuesMatcher {
  enum class Quantifier { some, every, none } quantifier = Quantifier::some;
  Matcher matcher;
  std::size_t least = 0;            ///< how many values there must be
  std::optional<std::size_t> most;  ///< and may be at most

  [[nodiscard]] bool matches(const std::vector<std::string>& values) const;
};

}  // namespace imgslim::rules
