#include <optional>
#include <string>
#include <vector>

#include "imports/called_functions.h"
#include "imports/readers.h"
#include "imports/scan.h"

/// Imports of Lua source (Lua 5.4 Reference Manual 3.1, 3.3, 6.3 "Modules").
///
/// Lines are the unit. `require` with a literal counts, also as the argument of pcall; what stands in a function's
/// lines runs when it is called: the lines down to an `end` that stands no deeper than the `function`. Comments are
/// skipped, long ones ("--[[ … ]]", "--[==[ … ]==]") whole. A file that speaks of package.path or package.cpath extends
/// the search path: the absolute paths among its literals are told as directories.
namespace imgslim::imports {
namespace {

/// How far a line is read: every hit looks back to its start.
constexpr std::size_t longest_line_bytes = 1024;

/// The literal "x", 'x' or [[x]] that `text` begins with, nothing without one.
std::optional<std::string_view> leading_literal(std::string_view text) {
  if (text.starts_with("[[")) {
    const auto end = text.find("]]");
    return end == npos ? std::nullopt : std::optional(text.substr(2, end - 2));
  }
  if (text.empty() || (text[0] != '"' && text[0] != '\'')) return std::nullopt;
  const auto end = find_byte(text, text[0], 1);
  if (end == npos) return std::nullopt;
  const auto name = text.substr(1, end - 1);
  const auto behind = without_leading_blanks(text.substr(end + 1));
  const bool joined = behind.starts_with("..");  // only a part of the name
  return joined || name.find('\\') != npos ? std::nullopt : std::optional(name);
}

/// "--[[" and "--[==[" open a comment that goes on to the bracket of the same level: its closing, "" without.
std::string long_comment_end(std::string_view comment) {
  if (!comment.starts_with("--[")) return {};
  std::size_t equals = 3;
  while (equals < comment.size() && comment[equals] == '=') ++equals;
  if (equals >= comment.size() || comment[equals] != '[') return {};
  return "]" + std::string(equals - 3, '=') + "]";
}

class LuaReader {
 public:
  LuaReader(std::string_view text, ImportList& list)
      : text_(text),
        list_(list),
        extends_path_(find_word(text, "package.path", 0) != npos || find_word(text, "package.cpath", 0) != npos) {}

  void read() {
    for (std::size_t at = 0; at < text_.size();) {
      const auto end = line_end(text_, at);
      const auto line = text_.substr(at, std::min(end - at, longest_line_bytes));
      const auto comment = line.find("--");
      read_line(at, line.substr(0, comment));
      at = end + 1;
      if (comment == npos) continue;
      const auto closing = long_comment_end(line.substr(comment));
      if (closing.empty() || line.find(closing, comment) != npos) continue;
      const auto close = text_.find(closing, at);
      if (close == npos) return;
      at = close + closing.size();
    }
  }

 private:
  void read_line(std::size_t at, std::string_view line) {
    const auto indent = line.find_first_not_of(" \t");
    if (indent == npos) return;
    const auto code = line.substr(indent);
    if (leading_word(code) == "end")
      while (!functions_.empty() && functions_.back() >= indent) functions_.pop_back();
    const auto end = at + line.size();
    for (auto hit = requires_.from(at); hit < end; hit = requires_.from(hit + 7)) read_require(at, hit, line);
    if (extends_path_) read_directories(line);
    if (functions_.empty() && keywords_.from(at) >= end) mention_fields(line);
    read_function(at, line, indent);
  }

  /// A function whose body goes on in the lines below.
  void read_function(std::size_t at, std::string_view line, std::size_t indent) {
    const auto hit = keywords_.from(at);
    if (hit == npos || hit - at >= line.size()) return;
    const auto place = hit - at;
    const auto behind = line.substr(place + 8);
    const bool is_word = (place == 0 || !is_word_byte(line[place - 1])) && (behind.empty() || !is_word_byte(behind[0]));
    if (!is_word || ends_on_line(behind)) return;
    functions_.push_back(indent);
  }

  static bool ends_on_line(std::string_view body) {
    for (auto end = body.find("end"); end != npos; end = body.find("end", end + 3)) {
      const bool begins = end == 0 || !is_word_byte(body[end - 1]);
      if (begins && (end + 3 == body.size() || !is_word_byte(body[end + 3]))) return true;
    }
    return false;
  }

  void read_require(std::size_t line_begin, std::size_t hit, std::string_view line) {
    const auto place = hit - line_begin;
    if (place > 0 && (is_word_byte(line[place - 1]) || line[place - 1] == ':' || line[place - 1] == '.')) return;
    auto rest = without_leading_blanks(line.substr(std::min(place + 7, line.size())));
    if (rest.starts_with('(') || rest.starts_with(',')) rest = without_leading_blanks(rest.substr(1));
    if (const auto name = leading_literal(rest))
      list_.add(*name, functions_.empty() ? Level::load : Level::call, Form::module, hit);
  }

  /// Functions of other modules that the main chunk calls or hands on: "start" of "server.start()" and of
  /// "run(server.start)".
  void mention_fields(std::string_view line) {
    for (auto dot = line.find_first_of(".:"); dot != npos; dot = line.find_first_of(".:", dot + 1)) {
      const auto word = leading_word(line.substr(dot + 1));
      if (!word.empty() && dot > 0 && is_word_byte(line[dot - 1])) list_.mention(word);
    }
  }

  void read_directories(std::string_view line) {
    for (auto quote = line.find_first_of("\"'"); quote != npos; quote = line.find_first_of("\"'", quote + 1)) {
      const auto close = line.find(line[quote], quote + 1);
      if (close == npos) return;
      read_templates(line.substr(quote + 1, close - quote - 1));
      quote = close;
    }
  }

  /// "/srv/?.lua;/opt/lib": the directories of a list of templates.
  void read_templates(std::string_view literal) {
    while (!literal.empty()) {
      const auto whole = literal.substr(0, literal.find(';'));
      literal.remove_prefix(std::min(literal.size(), whole.size() + 1));
      auto directory = whole.substr(0, whole.find('?'));
      while (directory.ends_with('/')) directory.remove_suffix(1);
      if (directory.starts_with('/') && directory.find('/', 1) != npos)
        list_.add(directory, Level::load, Form::directory);
    }
  }

  std::string_view text_;
  ImportList& list_;
  bool extends_path_;
  NextOccurrence requires_{text_, "require"}, keywords_{text_, "function"};
  std::vector<std::size_t> functions_;  // indents of those that are open
};

/// "f" of "function f(x)" and "local function f(x)"; "t.f" of "function t.f(x)"; "" for other lines.
std::string_view defined_name(std::string_view line) {
  if (leading_word(line) == "local") line = without_leading_blanks(line.substr(5));
  if (leading_word(line) != "function") return {};
  line = without_leading_blanks(line.substr(8));
  return line.substr(0, line.find_first_of(" \t("));
}

std::vector<Span> outermost_spans(std::string_view text) {
  std::vector<Span> spans;
  bool open = false;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = line_end(text, at);
    const auto line = text.substr(at, end - at);
    const auto name = open ? std::string_view() : defined_name(line);
    if (!name.empty()) spans.push_back({SpanKind::function, name, at, end});
    open = open ? leading_word(line) != "end" : !name.empty() && line.find(" end") == npos;
    if (open) spans.back().end = end;
    at = end + 1;
  }
  return spans;
}

}  // namespace

void read_lua(std::string_view text, ImportList& list) {
  LuaReader(text, list).read();
  if (!list.has_calls()) return;
  const auto spans = outermost_spans(text);
  raise_called_imports(text, spans, list);
  offer_called_imports(text, spans, list);
}

}  // namespace imgslim::imports
