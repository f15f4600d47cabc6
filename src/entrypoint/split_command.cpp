#include "entrypoint/plan.h"

namespace imgslim::entrypoint {

Result<std::vector<std::string>> split_command(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  bool in_word = false;
  char quote = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '\\' && quote != '\'') {
      if (++at == text.size()) return usage_error("the command ends in a backslash");
      if (text[at] == '\n') continue;
      if (quote == '"' && std::string_view("$`\"\\").find(text[at]) == std::string_view::npos) word += c;
      word += text[at];
      in_word = true;
    } else if (quote == 0 ? c == '\'' || c == '"' : c == quote) {
      quote = quote == 0 ? c : '\0';
      in_word = true;
    } else if (quote == 0 && (c == ' ' || c == '\t' || c == '\n')) {
      if (in_word) words.push_back(std::move(word));
      word.clear();
      in_word = false;
    } else {
      word += c;
      in_word = true;
    }
  }
  if (quote != 0) return usage_error(std::string("the command has a ") + quote + " without its counterpart");
  if (in_word) words.push_back(std::move(word));
  return words;
}

}  // namespace imgslim::entrypoint
