#include <algorithm>
#include <array>
#include <optional>

#include "imports/called_functions.h"
#include "imports/python_calls.h"
#include "imports/python_tokens.h"
#include "imports/readers.h"
#include "imports/scan.h"

/// Imports of Python source (The Python Language Reference, chapters 2 "Lexical analysis" and 7.11 "The import
/// statement").
///
/// Only logical lines matter: a scanner finds where each ends – strings, brackets, comments and backslashes decide –
/// and lines that hold neither "import" nor "sys.path." are not looked at any closer, apart from those that open a
/// block: the blocks around an import tell when it runs. The scan ends behind the last "import" of the file. Statements
/// that hold the word are tokenized.
///
/// Files with a module-level `def __getattr__` (PEP 562) often keep a table of what it imports, strings such as ".main"
/// in statements at module level: `{"BaseModel": (__spec__.parent, ".main")}`. These are told as lazy imports, as
/// members when the name that they offer is known. Django's settings name modules in strings as well.
namespace imgslim::imports {
namespace {

enum class BlockKind : std::uint8_t {
  function,
  never,      // if TYPE_CHECKING, if False
  main,       // if __name__ == "__main__"
  elsewhere,  // if sys.platform == "win32"
  handler,    // except
};

struct Block {
  std::size_t indent;
  BlockKind kind;
};

/// Whether a condition on sys.platform or os.name, whose tokens follow, asks for another system than Linux. Only plain
/// conditions count: with `or`, `not` or `!=` the block may run.
bool asks_for_other_system(Tokens& tokens, Token token) {
  constexpr std::string_view others[] = {"win32", "win", "nt", "darwin", "cygwin", "java", "wasi", "emscripten"};
  bool other = false;
  for (; token.kind != TokenKind::end && !token.is_sign(':'); token = tokens.next()) {
    if (token.is_sign('!') || token.is_word("or") || token.is_word("not") || token.is_word("in")) return false;
    if (token.kind == TokenKind::string)
      other |= std::find(std::begin(others), std::end(others), token.text) != std::end(others);
  }
  return other;
}

/// What the condition of an `if` or `elif` says about when its block runs.
std::optional<BlockKind> kind_of_condition(std::string_view statement) {
  Tokens tokens(statement);
  (void)tokens.next();
  auto token = tokens.next();
  while (token.is_sign('(')) token = tokens.next();
  if (token.kind == TokenKind::string && token.text == "__main__") return BlockKind::main;
  const auto name = dotted_name(tokens, token);
  if (name == "__name__" && token.is_sign('=')) return BlockKind::main;
  const bool checking = name == "TYPE_CHECKING" || name.ends_with(".TYPE_CHECKING");
  if (checking && !token.is_word("or")) return BlockKind::never;
  const bool of_system = name == "os.name" || name == "sys.platform" || name == "sys.platform.startswith";
  if (of_system && asks_for_other_system(tokens, token)) return BlockKind::elsewhere;
  if ((name == "False" || name == "0") && token.is_sign(':')) return BlockKind::never;
  return std::nullopt;
}

/// The kind of block that a statement opens, for those kinds that matter.
std::optional<BlockKind> opened_block(std::string_view statement) {
  const auto word = leading_word(statement.substr(0, 8));
  if (word == "def") return BlockKind::function;
  if (word == "async" && leading_word(without_leading_blanks(statement.substr(5))) == "def") return BlockKind::function;
  if (word == "except") return BlockKind::handler;
  if (word == "if" || word == "elif") return kind_of_condition(statement);
  return std::nullopt;
}

/// Kind of the span that a statement at the outermost level opens, which opens this block; nothing for others.
std::optional<SpanKind> span_opened_by(std::string_view statement, std::optional<BlockKind> block) {
  if (statement[0] == '"' || statement[0] == '\'') return SpanKind::opaque;  // the documentation
  if (leading_word(statement) == "class") return SpanKind::opaque;
  if (block == BlockKind::function) return SpanKind::function;
  if (block == BlockKind::main) return SpanKind::main;
  return block == BlockKind::never || block == BlockKind::elsewhere ? std::optional(SpanKind::opaque) : std::nullopt;
}

/// "f" of "def f(x):" and "async def f(x):".
std::string_view defined_name(std::string_view statement) {
  if (statement.starts_with("async")) statement = without_leading_blanks(statement.substr(5));
  return leading_word(without_leading_blanks(statement.substr(std::min<std::size_t>(3, statement.size()))));
}

class PythonReader {
 public:
  PythonReader(std::string_view text, ImportList& list)
      : text_(text),
        list_(list),
        imports_(text, "import"),
        paths_(text, "sys.path."),
        settings_(text, settings_variable),
        is_settings_(find_word(text, "INSTALLED_APPS", 0) != npos) {}

  void read() {
    at_ = text_.starts_with("\xef\xbb\xbf") ? 3 : 0;
    while (is_settings_ || imports_.from(at_) != npos || settings_.from(at_) != npos) {
      const auto line = at_;
      const auto statement = next_statement();
      if (statement.text.empty()) break;
      read_line(statement, imports_.from(line) < at_ || paths_.from(line) < at_ || settings_.from(line) < at_);
    }
    add_lazy_table();
  }

  /// After read(): what stands at the outermost level of the file.
  std::vector<Span> outermost_spans() && {
    for (auto statement = next_statement(); !statement.text.empty(); statement = next_statement())
      add_to_spans(statement, opened_block(statement.text));
    return std::move(spans_);
  }

 private:
  struct Statement {
    std::size_t indent = 0;
    std::string_view text;  // "" behind the last one
  };

  Statement next_statement() {
    while (at_ < text_.size()) {
      const auto indent = skip_indent(at_);
      if (at_ >= text_.size()) break;
      const auto begin = at_;
      if (text_[begin] == '\n' || text_[begin] == '#' || text_[begin] == '\r') {
        at_ = std::min(line_end(text_, begin) + 1, text_.size());
        continue;
      }
      at_ = std::max(end_of_statement(text_, begin), begin + 1);
      return {indent, text_.substr(begin, at_ - begin)};
    }
    return {};
  }

  void add_to_spans(const Statement& statement, std::optional<BlockKind> opened) {
    if (statement.indent == 0) {
      const auto kind = span_opened_by(statement.text, opened);
      in_span_ = kind.has_value();
      const auto begin = at_ - statement.text.size();
      if (kind)
        spans_.push_back(
            {*kind, *kind == SpanKind::function ? defined_name(statement.text) : std::string_view(), begin, at_});
    } else if (in_span_) {
      spans_.back().end = at_;
    }
  }

  /// Moves `at` to the first byte of the line that is no blank; the column it stands in.
  std::size_t skip_indent(std::size_t& at) const {
    std::size_t indent = 0;
    for (; at < text_.size(); ++at) {
      if (text_[at] == ' ')
        ++indent;
      else if (text_[at] == '\t')
        indent = indent / 8 * 8 + 8;
      else if (text_[at] == '\f')
        indent = 0;
      else
        break;
    }
    return indent;
  }

  void read_line(const Statement& statement, bool matters) {
    const auto [indent, text] = statement;
    while (!blocks_.empty() && blocks_.back().indent >= indent) {
      --open_[static_cast<std::size_t>(blocks_.back().kind)];
      blocks_.pop_back();
    }
    const auto kind = opened_block(text);
    add_to_spans(statement, kind);
    if (kind) {
      if (*kind == BlockKind::function && indent == 0 && text.starts_with("def __getattr__")) offers_names_ = true;
      blocks_.push_back({indent, *kind});
      ++open_[static_cast<std::size_t>(*kind)];
    }
    if ((matters || is_settings_) && !within(BlockKind::never)) read_statement(text);
  }

  [[nodiscard]] bool within(BlockKind kind) const { return open_[static_cast<std::size_t>(kind)] > 0; }

  /// Of the statement, when it stands in a function.
  [[nodiscard]] std::size_t place() const { return within(BlockKind::function) ? place_ : ImportList::nowhere; }

  [[nodiscard]] Level level() const {
    if (within(BlockKind::function)) return Level::call;
    if (within(BlockKind::elsewhere)) return Level::elsewhere;
    if (within(BlockKind::main)) return Level::main;
    return within(BlockKind::handler) ? Level::fallback : Level::load;
  }

  void read_statement(std::string_view statement) {
    place_ = static_cast<std::size_t>(statement.data() - text_.data());
    Tokens tokens(statement);
    auto level = this->level();
    bool starts = true;
    std::size_t depth = 0;
    std::string_view text, key;  // the last string, and the last one in front of a colon
    auto token = tokens.next();
    while (token.kind != TokenKind::end) {
      if (starts && token.is_word("import")) {
        read_import(tokens, token, level);
      } else if (starts && token.is_word("from")) {
        read_from(tokens, token, level);
      } else if (token.is_word("import_module") || token.is_word("__import__")) {
        read_call(tokens, token, level);
      } else if (token.is_word("sys")) {
        read_search_path(tokens, token, level);
      } else {
        if (token.is_word("lambda")) level = Level::call;
        if (token.kind == TokenKind::string && level == Level::load) keep_table_entry(token.text, key);
        if (token.kind == TokenKind::string) read_setting(token.text, text, level);
        if (token.kind == TokenKind::string) text = token.text;
        if (token.is_sign(':')) key = text;
        if (token.is_sign('(') || token.is_sign('[') || token.is_sign('{')) ++depth;
        if (depth > 0 && (token.is_sign(')') || token.is_sign(']') || token.is_sign('}'))) --depth;
        starts = depth == 0 && (token.is_sign(';') || token.is_sign(':'));
        token = tokens.next();
      }
    }
  }

  /// `import a.b as c, d`; `token` is "import" and becomes what follows the statement.
  void read_import(Tokens& tokens, Token& token, Level level) {
    do {
      token = tokens.next();
      const auto name = dotted_name(tokens, token);
      if (name.empty()) return;
      list_.add(name, level, Form::module, place());
      skip_alias(tokens, token);
    } while (token.is_sign(','));
  }

  /// `from ..a import (b, c as d)`, `from a import *`.
  void read_from(Tokens& tokens, Token& token, Level level) {
    token = tokens.next();
    auto package = dotted_name(tokens, token);
    if (package.empty() || !token.is_word("import")) return;
    do {
      token = tokens.next();
      if (token.is_sign('(')) token = tokens.next();
      if (token.is_sign('*')) list_.add(package, level, package[0] == '.' ? Form::relative : Form::module, place());
      if (token.kind != TokenKind::word) return;
      if (package.size() <= longest_name_bytes)
        list_.add((package + (package.ends_with('.') ? "" : ".")).append(token.text), level, Form::member, place());
      token = tokens.next();
      skip_alias(tokens, token);
    } while (token.is_sign(','));
  }

  static void skip_alias(Tokens& tokens, Token& token) {
    if (!token.is_word("as")) return;
    (void)tokens.next();
    token = tokens.next();
  }

  /// `import_module("a.b")`; `token` is the function's name and becomes what follows the argument.
  void read_call(Tokens& tokens, Token& token, Level level) {
    token = tokens.next();
    if (!token.is_sign('(')) return;
    const auto argument = tokens.next();
    token = argument;
    if (argument.kind != TokenKind::string) return;
    token = tokens.next();
    const bool whole = token.is_sign(',') || token.is_sign(')');
    if (!whole || argument.text.empty() || argument.text.find_first_of(" {%\\") != npos) return;
    list_.add(argument.text, level, argument.text[0] == '.' ? Form::relative : Form::module, place());
  }

  /// `sys.path.insert(0, "/x")`, `sys.path.append(os.path.join(os.path.dirname(__file__), "x"))`; `token` is "sys" and
  /// becomes what follows the call. Each dirname() but the first leads one directory up from that of the file.
  void read_search_path(Tokens& tokens, Token& token, Level level) {
    const auto name = dotted_name(tokens, token);
    if ((name != "sys.path.insert" && name != "sys.path.append") || !token.is_sign('(')) return;
    std::string path;
    std::size_t dirnames = 0, depth = 0;
    bool of_file = false, plain = true;
    for (; token.kind != TokenKind::end; token = tokens.next()) {
      if (token.is_sign('(')) ++depth;
      if (token.is_sign(')') && --depth == 0) break;
      if (token.is_word("dirname") || token.is_word("parent")) ++dirnames;
      of_file |= token.is_word("__file__");
      plain &= !token.is_sign('%') && !token.is_sign('[') && !token.is_sign('+');
      if (token.kind == TokenKind::string && path.size() <= longest_name_bytes)
        path.append(path.empty() ? "" : "/").append(token.text);
    }
    if (!plain || path.find_first_of("{%\\") != npos || (of_file && dirnames == 0)) return;
    if (of_file) {
      std::string up(beside_file);
      for (std::size_t i = 1; i < std::min<std::size_t>(dirnames, 16); ++i) up += "../";
      path.insert(0, up);
    }
    list_.add(path, level, Form::directory);
  }

  /// Django's settings are module names in strings: os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site.settings"),
  /// and in a file that states INSTALLED_APPS those of applications, middleware and backends. `previous` is the string
  /// before.
  void read_setting(std::string_view text, std::string_view previous, Level level) {
    const bool names_settings = previous == settings_variable;
    if (text_.substr(place_).starts_with("TEST_RUNNER")) return;
    if (!names_settings && (!is_settings_ || level != Level::load)) return;
    const bool dotted =
        text.find('.') != npos && text.front() != '.' && text.back() != '.' &&
        std::all_of(text.begin(), text.end(), [](char byte) { return byte == '.' || is_word_byte(byte); });
    const bool plain = names_settings && !text.empty() && leading_word(text) == text;
    if (!dotted && !plain) return;
    list_.add(text, Level::load, dotted && !names_settings ? Form::member : Form::module);
  }

  /// `key`: the name that the entry offers, when it looks like one.
  void keep_table_entry(std::string_view text, std::string_view key) {
    const bool plain = text.size() > 1 && text[0] == '.' && is_word_byte(text[1]) && text.back() != '.';
    if (!plain || text.size() + key.size() > longest_name_bytes || table_.size() >= most_imports) return;
    if (!std::all_of(text.begin(), text.end(), [](char byte) { return byte == '.' || is_word_byte(byte); })) return;
    const bool named = !key.empty() && leading_word(key) == key;
    auto name = std::string(text);
    if (named) name.append(".").append(key);
    table_.push_back({std::move(name), Level::lazy, named ? Form::member : Form::relative});
  }

  void add_lazy_table() {
    if (table_.empty()) return;
    if (!offers_names_ && text_.substr(at_ > 0 ? at_ - 1 : 0).find("\ndef __getattr__") == npos) return;
    for (const auto& entry : table_) list_.add(entry.name, entry.level, entry.form);
  }

  std::string_view text_;
  std::size_t at_ = 0;  // where the next statement is looked for
  ImportList& list_;
  static constexpr std::string_view settings_variable = "DJANGO_SETTINGS_MODULE";
  NextOccurrence imports_, paths_, settings_;
  bool is_settings_;
  std::vector<Block> blocks_;
  std::array<std::size_t, 5> open_{};  // blocks of each kind
  std::size_t place_ = 0;              // of the statement that is read
  bool offers_names_ = false;          // has a module-level __getattr__
  std::vector<Import> table_;
  std::vector<Span> spans_;
  bool in_span_ = false;  // the last of spans_ is not closed
};

/// "postgresql+asyncpg" of "postgresql+asyncpg://user@host/base" in a string: who makes an engine of it loads the
/// driver.
void add_databases(std::string_view text, ImportList& list) {
  constexpr std::string_view mark = "://";
  constexpr std::string_view kinds[] = {"postgresql", "postgres", "mysql", "mariadb",
                                        "sqlite",     "oracle",   "mssql", "mongodb"};
  for (auto at = find_word(text, mark, 0); at != npos; at = find_word(text, mark, at + mark.size())) {
    auto begin = at;
    while (begin > 0 && (is_word_byte(text[begin - 1]) || text[begin - 1] == '+')) --begin;
    const bool quoted = begin > 0 && (text[begin - 1] == '"' || text[begin - 1] == '\'');
    const auto scheme = text.substr(begin, at - begin);
    if (quoted && std::find(std::begin(kinds), std::end(kinds), scheme.substr(0, scheme.find('+'))) != std::end(kinds))
      list.add(scheme, Level::load, Form::database);
  }
}

}  // namespace

void read_python(std::string_view text, ImportList& list) {
  PythonReader reader(text, list);
  reader.read();
  mention_calls(text, list);
  add_databases(text, list);
  if (!list.has_calls()) return;
  const auto spans = std::move(reader).outermost_spans();
  raise_called_imports(text, spans, list);
  offer_called_imports(text, spans, list);
}

}  // namespace imgslim::imports
