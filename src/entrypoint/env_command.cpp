/// env(1), and the string of its option -S as coreutils splits it.
///
/// Facts: coreutils 9.x src/env.c. -S is read where it stands and its words take its place, before the options that
/// follow. Outside quotes blanks separate words and "#" at the start of a word begins a comment; inside single quotes
/// only \\ and \' are escapes; elsewhere \f \n \r \t \v, \# \$ \" \' \\, \_ (a blank; a separator outside quotes) and
/// \c (ends the string, outside double quotes). ${NAME} is replaced in and outside double quotes, from the environment
/// that env itself got.
#include "entrypoint/options.h"
#include "entrypoint/wrappers.h"

namespace imgslim::entrypoint {
namespace {

class EnvStringSplitter {
 public:
  EnvStringSplitter(std::string_view text, const Variables& environment) : text_(text), environment_(environment) {}

  std::vector<std::string> split() {
    while (at_ < text_.size() && take(text_[at_++])) continue;
    end_word();
    return std::move(words_);
  }

 private:
  /// Takes one character; false ends the string.
  bool take(char c) {
    if (quote_ == '\'' && c != '\'' && c != '\\') return append(c);
    if (c == '\'' || c == '"') return quote(c);
    if (c == '\\') return escape();
    if (c == '$') return variable();
    if (quote_ == 0 && std::string_view(" \t\n\v\f\r").find(c) != std::string_view::npos) return end_word();
    if (quote_ == 0 && c == '#' && !in_word_) return false;
    return append(c);
  }

  bool append(char c) {
    word_ += c;
    return in_word_ = true;
  }

  bool quote(char c) {
    if (quote_ != 0 && quote_ != c) return append(c);
    quote_ = quote_ == 0 ? c : '\0';
    return in_word_ = true;
  }

  bool end_word() {
    if (in_word_) words_.push_back(std::move(word_));
    word_.clear();
    in_word_ = false;
    return true;
  }

  bool escape() {
    if (at_ >= text_.size()) return false;
    const char c = text_[at_];
    if (quote_ == '\'' && c != '\\' && c != '\'') return append('\\');
    ++at_;
    constexpr std::string_view letters = "fnrtv", controls = "\f\n\r\t\v";
    if (c == 'c') return false;
    if (c == '_') return quote_ == '"' ? append(' ') : end_word();
    const auto letter = letters.find(c);
    return append(letter == std::string_view::npos ? c : controls[letter]);
  }

  bool variable() {
    const auto end = text_.find('}', at_);
    if (at_ >= text_.size() || text_[at_] != '{' || end == std::string_view::npos) return false;
    const auto found = environment_.find(text_.substr(at_ + 1, end - at_ - 1));
    at_ = end + 1;
    if (found == environment_.end()) return true;
    in_word_ = true;
    word_ += found->second;
    return true;
  }

  std::string_view text_;
  const Variables& environment_;
  std::size_t at_ = 0;
  char quote_ = 0;
  bool in_word_ = false;
  std::string word_;
  std::vector<std::string> words_;
};

}  // namespace

std::vector<std::string> split_env_string(std::string_view text, const Variables& environment) {
  return EnvStringSplitter(text, environment).split();
}

std::optional<Command> peel_env(const Command& parent, const Level& level) {
  constexpr OptionGrammar grammar{"uCSa", "unset chdir split-string argv0"};
  constexpr std::size_t most_splits = 16;
  auto child = child_of(parent, {}, "exec wrapper env", level.path);
  auto argv = level.argv;
  std::size_t at = 1;
  for (std::size_t splits = 0; splits < most_splits; ++splits) {
    OptionReader reader(argv, at, grammar);
    std::optional<std::string> split;
    while (!split) {
      const auto option = reader.next();
      if (!option) break;
      if (option->name == "S" || option->name == "split-string") split = option->value;
      if (option->name == "i" || option->name == "ignore-environment") child.environment.clear();
      if (option->name == "u" || option->name == "unset") child.environment.erase(option->value);
      if (option->name == "C" || option->name == "chdir")
        child.working_directory = absolute(child.working_directory, option->value);
    }
    at = reader.position();
    if (!split) break;
    auto words = split_env_string(*split, parent.environment);
    argv.erase(argv.begin(), argv.begin() + static_cast<std::ptrdiff_t>(at));
    argv.insert(argv.begin(), words.begin(), words.end());
    at = 0;
  }
  if (at < argv.size() && argv[at] == "-") {
    child.environment.clear();
    ++at;
  }
  for (; at < argv.size(); ++at) {
    const auto equals = argv[at].find('=');
    if (equals == std::string::npos) break;
    child.environment.insert_or_assign(argv[at].substr(0, equals), argv[at].substr(equals + 1));
  }
  if (at >= argv.size()) return std::nullopt;
  child.argv.assign(argv.begin() + static_cast<std::ptrdiff_t>(at), argv.end());
  child.caller = Caller::shell;
  return child;
}

}  // namespace imgslim::entrypoint
