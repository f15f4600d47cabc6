#include "entrypoint/options.h"

namespace imgslim::entrypoint {

bool has_word(std::string_view list, std::string_view word) {
  for (std::size_t at = list.find(word); !word.empty() && at != std::string_view::npos; at = list.find(word, at + 1)) {
    const auto end = at + word.size();
    if ((at == 0 || list[at - 1] == ' ') && (end == list.size() || list[end] == ' ')) return true;
  }
  return false;
}

std::string OptionReader::following() { return at_ < argv_.size() ? argv_[at_++] : std::string(); }

OptionReader::Option OptionReader::long_option(std::string_view text) {
  const auto equals = text.find('=');
  if (equals != std::string_view::npos)
    return {std::string(text.substr(0, equals)), std::string(text.substr(equals + 1))};
  return {std::string(text), has_word(grammar_.words, text) ? following() : std::string()};
}

std::optional<OptionReader::Option> OptionReader::next() {
  if (letter_ == 0) {
    if (at_ >= argv_.size()) return std::nullopt;
    const std::string_view argument = argv_[at_];
    if (argument.size() < 2 || argument.front() != '-') return std::nullopt;
    ++at_;
    if (argument == "--") {
      grammar_ = {};
      return std::nullopt;
    }
    if (argument.starts_with("--")) return long_option(argument.substr(2));
    if (grammar_.one_dash) return long_option(argument.substr(1));
    letter_ = 1;
  }
  const std::string_view group = argv_[at_ - 1];
  const char letter = group[letter_++];
  Option option{std::string(1, letter), {}};
  if (grammar_.letters.find(letter) != std::string_view::npos) {
    const auto rest = group.substr(letter_);
    letter_ = 0;
    option.value = rest.empty() ? following() : std::string(rest);
  } else if (letter_ == group.size()) {
    letter_ = 0;
  }
  return option;
}

}  // namespace imgslim::entrypoint
