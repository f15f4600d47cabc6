// Programs that load modules by configuration have a hundred formats, and one trait: the line names what it loads and
// says so. "LoadModule ssl_module modules/mod_ssl.so", "extension=mysqli", "load_module modules/ngx_x.so;",
// module(load="imuxsock"), server.modules = ( … ). So a line is taken for the words on it, when it speaks of loading.
// Of XML the element has to say so.
// In a directory of modules' configurations ("mods-enabled") the words that open blocks name them as well, and anywhere
// those of blocks that say "load = yes" (strongSwan).
// Comments begin with "#", ";", "//", "<!--", "-- " or as C's. Conditional blocks are for config_blocks.h.
#include "plugins/load_lines.h"

#include <algorithm>
#include <cctype>
#include <string>
#include <utility>

namespace imgslim::plugins {
namespace {

constexpr std::size_t longest_line = 4'096;  // longer ones are data
constexpr std::uint32_t longest_list = 200;  // lines of a list in brackets

std::string lower(std::string_view text) {
  std::string result(text);
  for (auto& c : result) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return result;
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r";
  const auto begin = text.find_first_not_of(blanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

bool is_comment(std::string_view line) {
  for (const std::string_view mark : {"#", ";", "//", "<!--", "-- ", "/*", "* "})
    if (line.starts_with(mark)) return true;
  return false;
}

bool is_word_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.' || c == '/' || c == '+' || c == '-';
}

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  for (std::size_t i = 0; i < line.size();) {
    auto end = i;
    while (end < line.size() && is_word_character(line[end])) ++end;
    if (end > i) words.push_back(line.substr(i, end - i));
    i = end + 1;
  }
  return words;
}

/// Brackets that a line opens and does not close.
int open_brackets(std::string_view line) {
  int open = 0;
  for (const char c : line) {
    if (c == '(' || c == '[') ++open;
    if (c == ')' || c == ']') --open;
  }
  return open;
}

/// Of XML the element says what a line does; attributes of data files speak of anything.
bool speaks_of_loading(std::string_view line) {
  return is_loadish(line.starts_with('<') ? line.substr(0, line.find_first_of(" \t>")) : line);
}

/// "plugins = a, b", "plugin=a", `<module name="a">`: the key itself says what its values are.
bool has_plugin_key(std::string_view line) {
  if (line.starts_with('<')) return line.find('=') != std::string_view::npos;
  const auto key = lower(trimmed(line.substr(0, line.find('='))));
  return line.find('=') != std::string_view::npos &&
         (key.ends_with("plugin") || key.ends_with("plugins") || key.ends_with("backend") || key.ends_with("launch") ||
          key.ends_with("launch+"));
}

/// "load = yes", "enabled=1": the block in which the line stands is what is loaded.
bool switches_on(std::string_view line) {
  constexpr std::string_view keys[] = {"load", "enable", "enabled"};
  constexpr std::string_view values[] = {"yes", "true", "on", "1"};
  const auto equals = line.find('=');
  if (equals == std::string_view::npos) return false;
  const auto key = lower(trimmed(line.substr(0, equals)));
  const auto value = lower(trimmed(line.substr(equals + 1)));
  return std::find(std::begin(keys), std::end(keys), key) != std::end(keys) &&
         std::find(std::begin(values), std::end(values), value) != std::end(values);
}

void add_paths(const std::vector<std::string_view>& words, std::vector<std::string_view>& paths) {
  for (const auto word : words)
    if (word.starts_with('/') && word.find('/', 1) != std::string_view::npos) paths.push_back(word);
}

/// The words that open the blocks around a line, outermost first.
class OpenBlocks {
 public:
  /// The word that opens a block on this line ("sql", of "sql first {"), "" when it opens none.
  std::string_view take(std::string_view line) {
    if (line.starts_with('}') && !heads_.empty()) heads_.pop_back();
    if (!line.ends_with('{')) return {};
    const auto words = words_of(line);
    const auto head = words.empty() ? std::string_view() : words.front();
    if (heads_.size() < deepest) heads_.push_back(head);
    return head;
  }
  [[nodiscard]] std::string_view outer() const { return heads_.size() > 1 ? heads_.front() : std::string_view(); }
  [[nodiscard]] std::string_view inner() const { return heads_.empty() ? std::string_view() : heads_.back(); }

 private:
  static constexpr std::size_t deepest = 100;
  std::vector<std::string_view> heads_;
};

}  // namespace

bool is_loadish(std::string_view text) {
  constexpr std::string_view marks[] = {"load", "modul", "extension", "plugin", "backend", "launch"};
  const auto folded = lower(text);
  return std::any_of(std::begin(marks), std::end(marks),
                     [&](std::string_view mark) { return folded.find(mark) != std::string::npos; });
}

LoadText load_lines(std::string_view text, BlockHeads heads) {
  LoadText result;
  ConfigBlocks blocks;
  OpenBlocks open;
  int brackets = 0;
  std::uint32_t number = 0, list_begin = 0;
  while (!text.empty()) {
    const auto whole = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), whole.size() + 1));
    ++number;
    const auto line = trimmed(whole);
    if (line.empty() || line.size() > longest_line || blocks.take(line) || is_comment(line)) continue;
    const auto head = open.take(line);
    if (heads == BlockHeads::name_modules && !head.empty())
      result.lines.push_back({number, {head}, blocks.conditions(), true, open.outer()});
    if (switches_on(line) && !open.inner().empty())
      result.lines.push_back({number, {open.inner()}, blocks.conditions(), true, {}});
    auto words = words_of(line);
    add_paths(words, result.paths);
    const bool continued = brackets > 0 && number - list_begin < longest_list;
    if (!continued && !speaks_of_loading(line)) continue;
    if (!continued) {
      brackets = 0;
      list_begin = number;
    }
    brackets = std::max(0, brackets + open_brackets(line));
    result.lines.push_back({number, std::move(words), blocks.conditions(), has_plugin_key(line), {}});
  }
  result.defined = blocks.defined();
  return result;
}

}  // namespace imgslim::plugins
