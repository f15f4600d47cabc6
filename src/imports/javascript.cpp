#include <algorithm>
#include <string>

#include "imports/readers.h"
#include "imports/scan.h"

/// Imports of JavaScript source (ECMA-262 16.2 "Modules"; Node.js documentation: "Modules: CommonJS", "C++ addons").
///
/// No tokenizer: a "/" may begin a division or a regular expression, and only a parser knows. The words `require`,
/// `import` and `from` are searched for; what counts is a string literal in the place where the grammar wants it. Hits
/// in comments are told by the start of their line. Whether a call stands in a function is told by the lines that open
/// and close blocks; code on one long line (bundles) counts as run on load.
namespace imgslim::imports {
namespace {

/// How far in front of and behind a word is looked.
constexpr std::size_t reach_bytes = 512;

/// Blanks, newlines and a comment in front of an argument: import(/* webpackChunkName: "x" */ "./x").
std::string_view without_gap(std::string_view text) {
  for (;;) {
    const auto begin = text.find_first_not_of(" \t\r\n");
    if (begin == npos) return {};
    text = text.substr(begin);
    if (!text.starts_with("/*")) return text;
    const auto end = text.find("*/", 2);
    if (end == npos) return {};
    text = text.substr(end + 2);
  }
}

/// The literal that `text` begins with, "" when there is none or it is computed.
std::string_view leading_literal(std::string_view text) {
  if (text.empty() || (text[0] != '"' && text[0] != '\'' && text[0] != '`')) return {};
  const auto end = find_byte(text, text[0], 1);
  if (end == npos) return {};
  const auto name = text.substr(1, end - 1);
  return name.find_first_of("$\\\n ") == npos || name.starts_with("@") ? name : std::string_view();
}

/// Whether a line that ends in "{" opens a function that is not called on the spot.
bool opens_function(std::string_view code) {
  const auto word = leading_word(code);
  for (const std::string_view other :
       {"if", "for", "while", "switch", "try", "catch", "else", "do", "with", "class", "finally"})
    if (word == other) return false;
  const bool called_on_the_spot = !code.empty() && std::string_view("(!;+").find(code[0]) != npos;
  if (called_on_the_spot || code[0] == '}') return false;
  if (code.find("function") != npos || code.find("=>") != npos) return true;
  const auto last = code.find_last_not_of(" \t{");
  return !word.empty() && last != npos && code[last] == ')' && code.find('=') == npos;  // a method: name(…) {
}

class JavaScriptReader {
 public:
  JavaScriptReader(std::string_view text, ImportList& list) : text_(text), list_(list) {}

  void read() {
    for (std::size_t at = 0; at < text_.size();) {
      if (requires_.from(at) == npos && imports_.from(at) == npos && sources_.from(at) == npos &&
          opens_.from(at) == npos)
        return;
      const auto end = line_end(text_, at);
      const auto line = text_.substr(at, end - at);
      const auto indent = std::min(line.find_first_not_of(" \t\r"), line.size());
      const auto code = line.substr(indent);
      if (code.starts_with("/*")) {
        const auto close = comment_ends_.from(at + indent + 2);
        at = close == npos ? text_.size() : close + 2;
      } else {
        if (!code.empty() && !code.starts_with("//")) read_line(at, end, indent, code);
        at = std::min(end + 1, text_.size());
      }
    }
  }

 private:
  void read_line(std::size_t at, std::size_t end, std::size_t indent, std::string_view code) {
    if (code[0] == '}')
      while (!functions_.empty() && functions_.back() >= indent) functions_.pop_back();
    comment_ = find_comment(at, end);
    for (auto hit = requires_.from(at); hit < end; hit = requires_.from(hit + 7)) read_require(hit);
    for (auto hit = imports_.from(at); hit < end; hit = imports_.from(hit + 6)) read_import(hit);
    for (auto hit = sources_.from(at); hit < end; hit = sources_.from(hit + 4)) read_from(hit);
    for (auto hit = opens_.from(at); hit < end; hit = opens_.from(hit + 6))
      if (hit < comment_) list_.add("", level(), Form::native);
    const auto last = code.substr(0, reach_bytes).find_last_not_of(" \t\r");
    if (code.size() <= reach_bytes && last != npos && code[last] == '{' && opens_function(code))
      functions_.push_back(indent);
  }

  [[nodiscard]] Level level() const { return functions_.empty() ? Level::load : Level::call; }

  /// Where a line comment begins in the line, its end without: "//" but not that of "https://".
  [[nodiscard]] std::size_t find_comment(std::size_t at, std::size_t end) {
    for (auto mark = comments_.from(at); mark < end; mark = comments_.from(mark + 2)) {
      const bool spaced = mark == at || text_[mark - 1] == ' ' || text_[mark - 1] == '\t' || text_[mark - 1] == ';';
      if (spaced) return mark;
    }
    return end;
  }

  [[nodiscard]] bool stands_alone(std::size_t hit) const {
    return hit < comment_ && (hit == 0 || (!is_word_byte(text_[hit - 1]) && text_[hit - 1] != '$'));
  }

  /// "() => require(…)", "() => wrap(require(…))": runs when it is called.
  [[nodiscard]] Level level_of_call(std::size_t hit) const {
    const auto before = text_.substr(0, hit);
    auto begin = before.size();
    const auto least = begin - std::min(begin, reach_bytes);
    while (begin > least &&
           (is_word_byte(before[begin - 1]) || std::string_view(" .($").find(before[begin - 1]) != npos))
      --begin;
    return before.substr(0, begin).ends_with("=>") ? Level::call : level();
  }

  void add(std::string_view name, Level when) {
    if (name.starts_with("node:")) return;  // built in
    const bool relative =
        name.starts_with("./") || name.starts_with("../") || name.starts_with('/') || name == "." || name == "..";
    list_.add(name, when, relative ? Form::relative : Form::module);
  }

  /// require("x"), require.resolve("x"), createRequire(…)("x"); require("bindings")("x") and its like.
  void read_require(std::size_t hit) {
    if (!stands_alone(hit) || (hit > 0 && text_[hit - 1] == '.' && !text_.substr(0, hit).ends_with("module."))) return;
    auto rest = text_.substr(hit + 7, reach_bytes);
    constexpr std::string_view resolve = ".resolve";
    if (rest.starts_with(resolve)) rest.remove_prefix(resolve.size());
    rest = without_gap(rest);
    if (!rest.starts_with('(')) return;
    const auto name = leading_literal(without_gap(rest.substr(1)));
    if (name.empty()) return;
    const auto when = level_of_call(hit);
    add(name, when);
    if (name == "bindings") {
      const auto behind = rest.substr(std::min(rest.find(')') + 1, rest.size()));
      const auto addon = behind.starts_with('(') ? leading_literal(without_gap(behind.substr(1))) : std::string_view();
      list_.add(addon, when, Form::native);
    }
    if (name.starts_with("node-gyp-build") || name == "node-pre-gyp" || name == "@mapbox/node-pre-gyp" ||
        name == "@neon-rs/load")
      list_.add("", when, Form::native);
  }

  /// import "x", import("x"). What `import … from` names is told by its `from`.
  void read_import(std::size_t hit) {
    if (!stands_alone(hit) || (hit > 0 && text_[hit - 1] == '.')) return;
    auto rest = without_gap(text_.substr(hit + 6, reach_bytes));
    const bool dynamic = rest.starts_with('(');
    if (dynamic) rest = without_gap(rest.substr(1));
    const auto name = leading_literal(rest);
    if (!name.empty()) add(name, dynamic ? Level::call : Level::load);
  }

  /// import … from "x", export … from "x": an import clause ends in a name, "}" or "*".
  void read_from(std::size_t hit) {
    if (!stands_alone(hit) || hit == 0) return;
    const auto rest = without_gap(text_.substr(hit + 4, reach_bytes));
    const auto name = leading_literal(rest);
    if (name.empty()) return;
    const auto begin = hit > reach_bytes ? hit - reach_bytes : 0;
    const auto before = text_.substr(begin, hit - begin);
    const auto last = before.find_last_not_of(" \t\r\n");
    if (last == npos ||
        (before[last] != '}' && before[last] != '*' && !is_word_byte(before[last]) && before[last] != '$'))
      return;
    const auto statement = std::max(before.rfind("import") + 1, before.rfind("export") + 1);
    const bool long_clause = statement == 0 && begin > 0 && before[last] == '}';
    if (statement > 0 || long_clause) add(name, Level::load);
  }

  std::string_view text_;
  ImportList& list_;
  NextOccurrence requires_{text_, "require"}, imports_{text_, "import"}, sources_{text_, "from"},
      opens_{text_, "dlopen"};
  NextOccurrence comments_{text_, "//"}, comment_ends_{text_, "*/"};
  std::vector<std::size_t> functions_;  // indents of the open functions
  std::size_t comment_ = 0;             // where the line's comment begins
};

}  // namespace

void read_javascript(std::string_view text, ImportList& list) { JavaScriptReader(text, list).read(); }

}  // namespace imgslim::imports
