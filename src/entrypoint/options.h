#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace imgslim::entrypoint {

/// Which options of a program take a value; those that are not named take none.
struct OptionGrammar {
  std::string_view letters;  ///< "-u VALUE" or "-uVALUE"
  std::string_view words;    ///< "--user VALUE" or "--user=VALUE", separated by blanks
  bool one_dash = false;     ///< Go's flags: "-wait VALUE" is "--wait VALUE"
};

/// Reads options from the front of an argument list until the first operand, as getopt_long with "+" does.
class OptionReader {
 public:
  OptionReader(const std::vector<std::string>& argv, std::size_t first, const OptionGrammar& grammar)
      : argv_(argv), at_(first), grammar_(grammar) {}

  struct Option {
    std::string name;  ///< "u" or "user"
    std::string value;
  };
  /// The next option, or nothing at the first operand; "--" ends the options and is consumed.
  [[nodiscard]] std::optional<Option> next();
  /// Position of the first operand, once next() gave nothing.
  [[nodiscard]] std::size_t position() const { return at_; }

 private:
  [[nodiscard]] Option long_option(std::string_view text);
  [[nodiscard]] std::string following();

  const std::vector<std::string>& argv_;
  std::size_t at_, letter_ = 0;  ///< letter_: next within a group "-abc"
  OptionGrammar grammar_;
};

/// Whether a blank-separated list has a word.
[[nodiscard]] bool has_word(std::string_view list, std::string_view word);

}  // namespace imgslim::entrypoint
