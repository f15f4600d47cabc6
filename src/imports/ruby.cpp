#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "imports/heredoc.h"
#include "imports/readers.h"
#include "imports/scan.h"

/// Imports of Ruby source (Ruby documentation: Kernel#require, #require_relative, #load, Module#autoload;
/// "doc/syntax").
///
/// As with Perl, lines are the unit: comments, =begin…=end, here-documents and what follows __END__ are skipped, and
/// words that can load something are taken where a call may stand. Blocks that decide when a line runs – `def`,
/// `rescue`, `if __FILE__ == $0` – end at an `end` (or the next branch) that stands no deeper than they do.
///
/// What stands in for a computed name (`begin; require version + "/x"; rescue LoadError; require "x"; end`) counts as
/// run on load: it is mostly there for builds of the same thing in one place.
///
/// A literal that holds the parameter of a block over a list of words (`%w(a b).each { |x| require "web/#{x}" }`) is
/// told once for each word.
///
/// A literal that holds the Ruby version ("sqlite3/#{RUBY_VERSION[/\d+\.\d+/]}/sqlite3_native", the way of precompiled
/// gems) is told with "*" in its place.
namespace imgslim::imports {
namespace {

/// How far a line is read: every hit looks back to its start.
constexpr std::size_t longest_line_bytes = 1024;

enum class BlockKind : std::uint8_t { method, rescue, main };

struct Block {
  std::size_t indent;
  BlockKind kind;
};

/// The string literal that `text` begins with, versions replaced; nothing when there is none or more is computed in it.
std::optional<std::string> leading_literal(std::string_view text) {
  if (text.empty() || (text[0] != '"' && text[0] != '\'')) return std::nullopt;
  std::string name;
  for (std::size_t at = 1; at < text.size(); ++at) {
    if (text[at] == text[0]) return name;
    if (text[at] != '#' || text.substr(at, 2) != "#{" || text[0] == '\'') {
      name += text[at];
      continue;
    }
    const auto end = text.find('}', at);
    if (end == npos) return std::nullopt;
    const auto inside = text.substr(at, end - at);
    const bool version = inside.find("RUBY_VERSION") != npos || inside.find("ruby_version") != npos ||
                         inside.find("last_match") != npos || inside.find("$1") != npos;
    if (!version) return std::nullopt;
    name += '*';
    at = end;
  }
  return std::nullopt;
}

/// A literal with one computed part: "web/#{name}.rb".
struct Template {
  std::string_view before, variable, behind;
};
std::optional<Template> leading_template(std::string_view text) {
  if (!text.starts_with('"')) return std::nullopt;
  const auto end = text.find('"', 1);
  if (end == npos) return std::nullopt;
  const auto literal = text.substr(1, end - 1);
  const auto open = literal.find("#{"), close = literal.find('}');
  if (open == npos || close == npos || close < open || literal.find("#{", open + 1) != npos) return std::nullopt;
  const auto variable = literal.substr(open + 2, close - open - 2);
  if (variable.empty() || leading_word(variable) != variable) return std::nullopt;
  return Template{literal.substr(0, open), variable, literal.substr(close + 1)};
}

/// How far in front of its use the list of a block may begin.
constexpr std::size_t longest_list_bytes = 2048;

/// The words of the list whose block has `parameter`, the last one that `text` opens: `%w(a b).each do |parameter|`.
std::string_view words_of_block(std::string_view text, std::string_view parameter) {
  const auto bar = text.rfind('|');
  if (bar == npos || bar < parameter.size() + 1) return {};
  auto head = text.substr(0, bar);
  if (!head.ends_with(parameter) || head[head.size() - parameter.size() - 1] != '|') return {};
  head = without_trailing_blanks(head.substr(0, head.size() - parameter.size() - 1));
  for (const std::string_view opening : {"{", "do"})
    if (head.ends_with(opening)) head = without_trailing_blanks(head.substr(0, head.size() - opening.size()));
  if (!head.ends_with(".each")) return {};
  head.remove_suffix(std::string_view(".each").size());
  if (!head.ends_with(')') && !head.ends_with(']')) return {};
  const auto open = head.rfind(head.back() == ')' ? "%w(" : "%w[");
  return open == npos ? std::string_view() : head.substr(open + 3, head.size() - open - 4);
}

/// A path expression on __FILE__ or __dir__ as a path beside the file: File.expand_path("../x", __FILE__),
/// File.join(__dir__, "x").
std::optional<std::string> path_beside_file(std::string_view text) {
  text = text.substr(0, text.find(';'));
  const bool of_file = text.find("__FILE__") != npos;
  if (!of_file && text.find("__dir__") == npos) return std::nullopt;
  const auto quote = text.find_first_of("\"'");
  if (quote == npos) return std::nullopt;
  auto name = leading_literal(text.substr(quote));
  if (!name) return std::nullopt;
  // expand_path takes the file itself for a directory: its first ".." only leaves the file's name.
  if (of_file && text.find("dirname") == npos && name->starts_with("..")) name->erase(0, 2);
  while (name->starts_with('/')) name->erase(0, 1);
  return name;
}

/// What follows the word of a call: behind blanks and an opening parenthesis.
std::string_view arguments_of(std::string_view text) {
  text = without_leading_blanks(text);
  return text.starts_with('(') ? without_leading_blanks(text.substr(1)) : text;
}

/// Whether `def` on this line is all of the method: `def x = 1`, `def x; end`.
bool is_one_line_method(std::string_view line, std::size_t def) {
  auto rest = without_leading_blanks(line.substr(def + 3));
  const auto signature = std::min(rest.find_first_of(" (;"), rest.size());
  auto behind = rest.substr(signature);
  if (behind.starts_with('(')) behind = behind.substr(std::min(behind.find(')'), behind.size() - 1) + 1);
  behind = without_leading_blanks(behind);
  const auto last = line.find_last_not_of(" \t\r");
  const bool ends = last != npos && last >= 3 && line.substr(last - 2, 3) == "end" && !is_word_byte(line[last - 3]);
  return ends || (behind.starts_with('=') && !behind.starts_with("=="));
}

/// "sqlite3_adapter" of "SQLite3Adapter", as ActiveSupport's String#underscore makes it.
std::string underscored(std::string_view constant) {
  const auto is_upper = [](char byte) { return byte >= 'A' && byte <= 'Z'; };
  std::string name;
  for (std::size_t at = 0; at < constant.size(); ++at) {
    const bool next_is_lower = at + 1 < constant.size() && constant[at + 1] >= 'a' && constant[at + 1] <= 'z';
    const bool begins_word = at > 0 && is_upper(constant[at]) && (!is_upper(constant[at - 1]) || next_is_lower);
    if (begins_word) name += '_';
    name += static_cast<char>(is_upper(constant[at]) ? constant[at] - 'A' + 'a' : constant[at]);
  }
  return name;
}

class RubyReader {
 public:
  RubyReader(std::string_view text, ImportList& list) : text_(text), list_(list), documents_(text) {}

  void read() {
    for (std::size_t at = 0; at < text_.size();) {
      const auto end = line_end(text_, at);
      const auto line = text_.substr(at, std::min(end - at, longest_line_bytes));
      if (line.starts_with("=begin")) {
        const auto close = comment_ends_.from(at);
        if (close == npos) return;
        at = std::min(line_end(text_, close + 1) + 1, text_.size());
      } else if (line == "__END__") {
        return;
      } else {
        read_line(at, line);
        const auto next = documents_.after_line(at, end);
        count_code(line, next - at);
        at = next;
      }
    }
  }

 private:
  /// Of a line and the here-documents behind it.
  void count_code(std::string_view line, std::size_t bytes) {
    const auto code = without_leading_blanks(line);
    if (!code.empty() && code[0] != '#') list_.add_code(bytes - (line.size() - code.size()));
  }

  void read_line(std::size_t at, std::string_view line) {
    const auto indent = std::min(line.find_first_not_of(" \t"), line.size());
    if (indent == line.size() || line[indent] == '#') return;
    read_blocks(at, line, indent);
    read_constants(line, indent);
    read_module(line, indent);
    const auto end = at + line.size();
    for (auto hit = requires_.from(at); hit < end; hit = requires_.from(hit + 7)) read_require(at, hit, line);
    for (auto hit = autoloads_.from(at); hit < end; hit = autoloads_.from(hit + 8)) read_autoload(at, hit, line);
    for (auto hit = directories_.from(at); hit < end; hit = directories_.from(hit + 3)) read_directory(at, hit, line);
    for (auto hit = paths_.from(at); hit < end; hit = paths_.from(hit + 7)) read_search_path(at, hit, line);
  }

  /// Constants begin with a capital. Symbols (":Name") name them for other reasons.
  void read_constants(std::string_view line, std::size_t at) {
    while (at < line.size()) {
      if (!is_word_byte(line[at])) {
        if (line[at] == '#' && (line[at - 1] == ' ' || line[at - 1] == '\t')) return;
        ++at;
        continue;
      }
      const auto word = leading_word(line.substr(at));
      const bool scoped = at > 2 && line.substr(at - 2, 2) == "::" && is_word_byte(line[at - 3]);
      const bool other = at > 0 && !scoped && std::string_view(":'\"-@$").find(line[at - 1]) != npos;
      const auto before = line.substr(0, at);
      const bool defines = before.ends_with("class ") || before.ends_with("module ");
      if (word[0] >= 'A' && word[0] <= 'Z' && !other && !defines) mention(line, at, word, scoped);
      at += word.size();
    }
  }

  /// "B" as it stands, and "A::B" with the module in front of it.
  void mention(std::string_view line, std::size_t at, std::string_view word, bool scoped) {
    auto begin = at;
    if (scoped)
      for (begin = at - 2; begin > 0 && is_word_byte(line[begin - 1]);) --begin;
    list_.mention(line.substr(begin, at + word.size() - begin));
  }

  /// The innermost module or class that is open, as far as lines tell.
  void read_module(std::string_view line, std::size_t indent) {
    const auto code = line.substr(indent);
    const auto word = leading_word(code);
    if (word != "module" && word != "class") return;
    const auto name = without_leading_blanks(code.substr(word.size()));
    const auto path = name.substr(0, std::min(name.find_first_of(" <;\r"), name.size()));
    if (!path.empty() && path[0] != '<') module_ = path.substr(path.rfind(':') + 1);
  }

  void offer(std::string_view name, Form form, std::string_view constant) {
    list_.add_offer(name, form, constant);
    list_.add_offer(name, form, std::string(module_).append("::").append(constant));
  }

  void read_blocks(std::size_t at, std::string_view line, std::size_t indent) {
    in_line_method_ = false;
    if (std::string_view("ewri").find(line[indent]) != npos) read_branch(line.substr(indent), indent);
    const auto hit = methods_.from(at + indent);
    const auto def = hit - at;
    if (hit == npos || def >= line.size()) return;
    if (def > indent && line[def - 1] != ' ') return;
    if (is_one_line_method(line, def))
      in_line_method_ = true;
    else
      open_block(indent, BlockKind::method);
  }

  void read_branch(std::string_view code, std::size_t indent) {
    const auto word = leading_word(code);
    if (word == "end" || word == "ensure" || word == "else" || word == "elsif" || word == "rescue" || word == "when")
      while (!blocks_.empty() && blocks_.back().indent >= indent) close_block();
    if (word == "rescue") open_block(indent, BlockKind::rescue);
    if (word == "if" && code.find("__FILE__") != npos && code.find("==") != npos && code.find(" then ") == npos)
      open_block(indent, BlockKind::main);
    // A variable of the environment that nobody sets: as if in a method that nobody calls.
    if (word == "if" && without_leading_blanks(code.substr(2)).starts_with("ENV[") && code.find(" then ") == npos)
      open_block(indent, BlockKind::method);
  }

  void open_block(std::size_t indent, BlockKind kind) {
    blocks_.push_back({indent, kind});
    ++open_[static_cast<std::size_t>(kind)];
  }
  void close_block() {
    --open_[static_cast<std::size_t>(blocks_.back().kind)];
    blocks_.pop_back();
  }

  [[nodiscard]] Level level() const {
    if (in_line_method_ || open_[static_cast<std::size_t>(BlockKind::method)] > 0) return Level::call;
    if (open_[static_cast<std::size_t>(BlockKind::main)] > 0) return Level::main;
    if (open_[static_cast<std::size_t>(BlockKind::rescue)] == 0) return Level::load;
    return follows_computed_ ? Level::load : Level::fallback;
  }

  /// Whether a call may stand behind `before`: not in a comment or a string, not part of a longer word.
  static bool may_call(std::string_view before) {
    if (!before.empty()) {
      const char last = before.back();
      if (is_word_byte(last) || last == ':' || last == '@' || last == '$' || last == '"' || last == '\'') return false;
      if (last == '.' && !before.ends_with("Kernel.") && !before.ends_with("Object.")) return false;
    }
    if (std::count(before.begin(), before.end(), '"') % 2 == 1) return false;
    for (auto mark = before.find('#'); mark != npos; mark = before.find('#', mark + 1))
      if (mark == 0 || before[mark - 1] == ' ' || before[mark - 1] == '\t') return false;
    return true;
  }

  void read_require(std::size_t line_begin, std::size_t hit, std::string_view line) {
    if (!may_call(text_.substr(line_begin, hit - line_begin))) return;
    auto rest = line.substr(std::min(hit - line_begin + 7, line.size()));
    constexpr std::string_view relative = "_relative";
    const bool beside = rest.starts_with(relative);
    if (beside) rest.remove_prefix(relative.size());
    if (rest.empty() || is_word_byte(rest[0])) return;
    rest = arguments_of(rest);
    auto name = leading_literal(rest);
    const bool is_literal = name.has_value();
    if (!name) name = path_beside_file(rest);
    if (name) list_.add(*name, level(), beside || !is_literal ? Form::relative : Form::module);
    if (!name && read_list(hit, rest, beside ? Form::relative : Form::module)) name = std::string();
    if (open_[static_cast<std::size_t>(BlockKind::rescue)] == 0) follows_computed_ = !name;
  }

  /// Whether the name is one for each word of a list.
  bool read_list(std::size_t hit, std::string_view argument, Form form) {
    const auto name = leading_template(argument);
    if (!name) return false;
    const auto begin = hit - std::min(hit, longest_list_bytes);
    auto words = words_of_block(text_.substr(begin, hit - begin), name->variable);
    const bool any = !words.empty();
    while (!words.empty()) {
      const auto word = words.substr(0, words.find_first_of(" \t\r\n"));
      words.remove_prefix(std::min(words.size(), word.size() + 1));
      if (!word.empty()) list_.add(std::string(name->before).append(word).append(name->behind), level(), form);
    }
    return any;
  }

  void read_autoload(std::size_t line_begin, std::size_t hit, std::string_view line) {
    const auto before = text_.substr(line_begin, hit - line_begin);
    if (!before.ends_with('.') && !may_call(before)) return;
    const auto rest = arguments_of(line.substr(std::min(hit - line_begin + 8, line.size())));
    const auto comma = rest.find(',');
    if (!rest.starts_with(':')) return;
    const auto constant = leading_word(rest.substr(1));
    // ActiveSupport::Autoload: the part stands where its name says.
    if (comma == npos) return offer(std::string(own_parts) + underscored(constant), Form::relative, constant);
    const auto path = without_leading_blanks(rest.substr(comma + 1));
    if (const auto name = leading_literal(path)) {
      offer(*name, Form::module, constant);
    } else if (const auto own = path_beside_file(path)) {
      offer(*own, Form::relative, constant);
    }
  }

  /// Dir[File.join(__dir__, "parts/*.rb")].each { |file| require file }
  void read_directory(std::size_t line_begin, std::size_t hit, std::string_view line) {
    const auto rest = line.substr(std::min(hit - line_begin, line.size()));
    if (!rest.starts_with("Dir[") && !rest.starts_with("Dir.glob")) return;
    const auto pattern = path_beside_file(rest);
    if (!pattern || !pattern->ends_with("/*.rb") || text_.substr(hit, 240).find("require") == npos) return;
    list_.add(*pattern, level(), Form::relative);
  }

  /// $LOAD_PATH.unshift(…), $:.unshift …
  void read_search_path(std::size_t line_begin, std::size_t hit, std::string_view line) {
    const auto before = text_.substr(line_begin, hit - line_begin);
    if (!before.ends_with("$LOAD_PATH.") && !before.ends_with("$:.")) return;
    const auto rest = arguments_of(line.substr(std::min(hit - line_begin + 7, line.size())));
    if (const auto own = path_beside_file(rest)) {
      list_.add(std::string(beside_file) + *own, level(), Form::directory);
    } else if (const auto path = leading_literal(rest)) {
      list_.add(*path, level(), Form::directory);
    }
  }

  std::string_view text_;
  ImportList& list_;
  HereDocuments documents_;
  NextOccurrence requires_{text_, "require"}, autoloads_{text_, "autoload"}, paths_{text_, "unshift"};
  NextOccurrence directories_{text_, "Dir"};
  std::string_view module_;
  NextOccurrence methods_{text_, "def "}, comment_ends_{text_, "\n=end"};
  std::vector<Block> blocks_;
  std::array<std::size_t, 3> open_{};  // blocks of each kind
  bool in_line_method_ = false;
  bool follows_computed_ = false;  // the last require that is no fallback has a computed name
};

}  // namespace

void read_ruby(std::string_view text, ImportList& list) { RubyReader(text, list).read(); }

}  // namespace imgslim::imports
