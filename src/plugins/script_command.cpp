#include "plugins/script_command.h"

#include <algorithm>

#include "core/path.h"

namespace imgslim::plugins {
namespace {

bool has_letter(std::string_view letters, char letter) { return letters.find(letter) != std::string_view::npos; }

bool has_word(std::string_view words, std::string_view word) {
  for (auto at = words.find(word); at != std::string_view::npos; at = words.find(word, at + 1)) {
    const auto end = at + word.size();
    if ((at == 0 || words[at - 1] == ' ') && (end == words.size() || words[end] == ' ')) return !word.empty();
  }
  return false;
}

class Parser {
 public:
  Parser(const entrypoint::Process& process, const ScriptGrammar& grammar) : process_(process), grammar_(grammar) {}

  ScriptCommand parse() {
    const auto& argv = process_.argv;
    for (at_ = 1; at_ < argv.size() && argv[at_].size() > 1 && argv[at_][0] == '-'; ++at_) {
      const std::string_view word = argv[at_];
      if (word == "--") {
        ++at_;
        break;
      }
      if (word.starts_with("--"))
        read_long(word.substr(2));
      else
        read_letters(word.substr(1));
    }
    if (command_.code.empty() && at_ < argv.size() && argv[at_] != "-")
      command_.script = absolute_path(process_, argv[at_]);
    return std::move(command_);
  }

 private:
  std::string next() { return at_ + 1 < process_.argv.size() ? process_.argv[++at_] : std::string(); }

  void read_long(std::string_view word) {
    const auto equals = word.find('=');
    const auto name = word.substr(0, equals);
    if (!has_word(grammar_.long_values, name)) return;
    auto value = equals == std::string_view::npos ? next() : std::string(word.substr(equals + 1));
    if (has_word(grammar_.long_modules, name)) command_.modules.push_back(std::move(value));
  }

  void read_letters(std::string_view letters) {
    for (std::size_t i = 0; i < letters.size(); ++i) {
      const char letter = letters[i];
      if (has_letter(grammar_.attached, letter)) return;
      if (!has_letter(grammar_.values, letter)) continue;
      auto value = i + 1 < letters.size() ? std::string(letters.substr(i + 1)) : next();
      if (has_letter(grammar_.code, letter)) command_.code.append(value).append("\n");
      if (has_letter(grammar_.modules, letter))
        command_.modules.push_back(std::move(value));
      else if (has_letter(grammar_.directories, letter))
        command_.directories.push_back(absolute_path(process_, value));
      return;
    }
  }

  const entrypoint::Process& process_;
  const ScriptGrammar& grammar_;
  ScriptCommand command_;
  std::size_t at_ = 1;
};

}  // namespace

ScriptCommand parse_script_command(const entrypoint::Process& process, const ScriptGrammar& grammar) {
  return Parser(process, grammar).parse();
}

std::string absolute_path(const entrypoint::Process& process, std::string_view path) {
  if (path.starts_with('/')) return std::string(path);
  return "/" + clean_path(process.working_directory + "/" + std::string(path)).text;
}

std::vector<std::string> split_list(std::string_view list, char separator) {
  std::vector<std::string> parts;
  while (!list.empty()) {
    const auto end = std::min(list.find(separator), list.size());
    if (end > 0) parts.emplace_back(list.substr(0, end));
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return parts;
}

}  // namespace imgslim::plugins
