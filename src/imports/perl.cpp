#include <algorithm>
#include <string>

#include "imports/called_functions.h"
#include "imports/heredoc.h"
#include "imports/readers.h"
#include "imports/scan.h"

/// Imports of Perl source (perlfunc "use", "require"; perlpod; perldata "__END__"; base, parent, lib, DynaLoader,
/// XSLoader).
///
/// Only perl can parse Perl; this reader goes by lines. Lines of POD, of here-documents and behind __END__ are skipped.
/// In the others the words that can load something are searched for, and taken where code may stand: at the start of a
/// statement, or in a string that eval is given. `use` runs when the file is compiled, wherever it stands; `require`
/// runs where it stands, so lines of a `sub` are told by its closing brace, which stands no deeper than the `sub`.
/// Layers of PerlIO are modules that perl loads where they are named.
namespace imgslim::imports {
namespace {

/// How far an import list (`use parent qw(A B)`) may reach, and how far a line is read: every hit looks back to its
/// start.
constexpr std::size_t longest_list_bytes = 2048, longest_line_bytes = 1024;

[[nodiscard]] bool is_name_start(char byte) {
  return (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') || byte == '_';
}

/// The bareword "A::B" that `text` begins with, "" without one.
std::string_view leading_name(std::string_view text) {
  if (text.empty() || !is_name_start(text[0])) return {};
  std::size_t end = 0;
  while (end < text.size()) {
    if (is_word_byte(text[end]))
      ++end;
    else if (text.substr(end, 2) == "::" && end + 2 < text.size() && is_word_byte(text[end + 2]))
      end += 2;
    else
      break;
  }
  return text.substr(0, end);
}

/// "v5", "v5.10": a version, not a module.
bool is_version(std::string_view name) {
  return name.size() > 1 && name[0] == 'v' && name.find_first_not_of("0123456789.", 1) == npos;
}

/// What stands in the quotes that `text` begins with, "" without.
std::string_view leading_literal(std::string_view text) {
  if (text.empty() || (text[0] != '"' && text[0] != '\'')) return {};
  const auto end = find_byte(text.substr(0, longest_name_bytes), text[0], 1);
  return end == npos ? std::string_view() : text.substr(1, end - 1);
}

class PerlReader {
 public:
  PerlReader(std::string_view text, ImportList& list) : text_(text), list_(list), documents_(text) {}

  void read() {
    for (std::size_t at = 0; at < text_.size();) {
      const auto end = line_end(text_, at);
      const auto line = text_.substr(at, std::min(end - at, longest_line_bytes));
      if (line.size() > 1 && line[0] == '=' && is_name_start(line[1])) {
        at = end_of_pod(end);
      } else if (line.starts_with("__END__") || line.starts_with("__DATA__")) {
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

  std::size_t end_of_pod(std::size_t at) {
    const auto cut = pod_ends_.from(at);
    return cut == npos ? text_.size() : std::min(line_end(text_, cut + 1) + 1, text_.size());
  }

  void read_line(std::size_t at, std::string_view line) {
    const auto indent = std::min(line.find_first_not_of(" \t"), line.size());
    if (indent == line.size() || line[indent] == '#') return;
    if (line[indent] == '}')
      while (!subs_.empty() && subs_.back() >= indent) subs_.pop_back();
    in_line_sub_ = false;
    if (subroutines_.from(at) < at + line.size()) read_sub(line, indent);
    const auto end = at + line.size();
    for (auto hit = uses_.from(at); hit < end; hit = uses_.from(hit + 4)) read_use(at, hit);
    for (auto hit = requires_.from(at); hit < end; hit = requires_.from(hit + 7)) read_require(line, at, hit);
    for (auto hit = loaders_.from(at); hit < end; hit = loaders_.from(hit + 6)) read_loader(line, at, hit);
    for (auto hit = encodings_.from(at); hit < end; hit = encodings_.from(hit + 10))
      if (!in_comment(line, hit - at)) list_.add("PerlIO::encoding", level(), Form::module, hit);
    for (auto hit = references_.from(at); hit < end; hit = references_.from(hit + 3)) read_reference(line, at, hit);
    for (auto* sources : {&sources_, &upper_sources_})
      for (auto hit = sources->from(at); hit < end; hit = sources->from(hit + 4)) read_data_source(hit);
  }

  /// Opens a sub whose body goes on in the lines below.
  void read_sub(std::string_view line, std::size_t indent) {
    const auto at = line.find("sub", indent);
    const bool is_word =
        (at == 0 || !is_word_byte(line[at - 1])) && at + 3 < line.size() && !is_word_byte(line[at + 3]);
    if (!is_word || in_comment(line, at)) return;
    const auto opened = std::count(line.begin(), line.end(), '{'), closed = std::count(line.begin(), line.end(), '}');
    const bool declaration = opened == 0 && line.find(';', at) != npos;
    if (declaration) return;
    if (opened > 0 && opened <= closed)
      in_line_sub_ = true;
    else
      subs_.push_back(indent);
  }

  [[nodiscard]] Level level() const { return subs_.empty() && !in_line_sub_ ? Level::load : Level::call; }

  static bool in_comment(std::string_view line, std::size_t at) {
    for (auto mark = line.find('#'); mark < at; mark = line.find('#', mark + 1))
      if (mark == 0 || line[mark - 1] == ' ' || line[mark - 1] == '\t' || line[mark - 1] == ';') return true;
    return false;
  }

  /// Whether the line before a word ends in `eval "`, `eval q{` or the like.
  static bool in_eval_string(std::string_view before) {
    const auto eval = before.rfind("eval");
    if (eval == npos) return false;
    const auto between = before.substr(eval + 4);
    return between.size() <= 12 && between.find_first_of("\"'q") != npos && between.find_first_of(";}") == npos;
  }

  void read_use(std::size_t line_begin, std::size_t hit) {
    const auto line = text_.substr(line_begin, hit - line_begin);
    const auto last = line.find_last_not_of(" \t");
    const bool starts = last == npos || line[last] == ';' || line[last] == '{' || line[last] == '}';
    const bool evaluated = !starts && in_eval_string(line);
    if ((!starts && !evaluated) || in_comment(line, line.size())) return;
    const auto rest = without_leading_blanks(text_.substr(hit + 4, longest_list_bytes));
    const auto name = leading_name(rest);
    if (name.empty() || is_version(name)) return;
    const auto when = evaluated ? level() : Level::load;
    list_.add(name, when, Form::module);
    if (name == "parent" || name == "base") read_parents(arguments_of(rest, name), when);
    if (name == "lib") read_directories(arguments_of(rest, name));
    if (name == "if") read_conditional(arguments_of(rest, name));
  }

  static std::string_view arguments_of(std::string_view rest, std::string_view name) {
    return rest.substr(name.size(), rest.find(';', name.size()) - name.size());
  }

  /// Words of quoted strings and of qw(), without asking which is which.
  void read_parents(std::string_view arguments, Level when) {
    if (arguments.find("-norequire") != npos) return;
    while (!arguments.empty()) {
      const auto name = leading_name(arguments);
      if (!name.empty() && name != "qw" && name != "q" && name != "qq") list_.add(name, when, Form::module);
      arguments.remove_prefix(std::max<std::size_t>(name.size(), 1));
    }
  }

  void read_directories(std::string_view arguments) {
    for (auto quote = arguments.find_first_of("\"'"); quote != npos;
         quote = arguments.find_first_of("\"'", quote + 1)) {
      auto path = leading_literal(arguments.substr(quote));
      if (path.empty()) return;
      quote += path.size() + 1;
      constexpr std::string_view own_directory = "$FindBin::Bin/";
      const bool beside = path.starts_with(own_directory);
      if (beside) path.remove_prefix(own_directory.size());
      if (path.find_first_of("$@") != npos) continue;
      list_.add(beside ? std::string(beside_file).append(path) : std::string(path), Level::load, Form::directory);
    }
  }

  void read_conditional(std::string_view arguments) {
    const auto comma = arguments.find(',');
    if (comma == npos) return;
    auto module = without_leading_blanks(arguments.substr(comma + 1));
    const auto literal = leading_literal(module);
    const auto name = leading_name(literal.empty() ? module : literal);
    if (!name.empty()) list_.add(name, Level::load, Form::module);
  }

  void read_require(std::string_view line, std::size_t line_begin, std::size_t hit) {
    const auto before = text_.substr(line_begin, hit - line_begin);
    if (!before.empty() && (is_word_byte(before.back()) || std::string_view("$@%>:-&").find(before.back()) != npos))
      return;
    const bool quoted = std::count(before.begin(), before.end(), '"') % 2 == 1;
    if ((quoted && !in_eval_string(before)) || in_comment(line, before.size())) return;
    auto rest = text_.substr(hit + 7, longest_name_bytes);
    if (rest.empty() || is_word_byte(rest[0])) return;
    rest = without_leading_blanks(rest);
    if (rest.starts_with('(')) rest = without_leading_blanks(rest.substr(1));
    if (const auto path = leading_literal(rest); !path.empty()) {
      if (path.find_first_of("$@") == npos && path.find('.') != npos) list_.add(path, level(), Form::module, hit);
      return;
    }
    const auto name = leading_name(rest);
    if (!name.empty() && !is_version(name) && !rest.substr(name.size()).starts_with("->"))
      list_.add(name, level(), Form::module, hit);
  }

  /// XSLoader::load('Name', $VERSION), or DynaLoader in @ISA or after require: `hit` is at "Loader".
  void read_loader(std::string_view line, std::size_t line_begin, std::size_t hit) {
    const auto before = text_.substr(line_begin, hit - line_begin);
    const bool native = before.ends_with("XS") || before.ends_with("Dyna");
    if (!native || in_comment(line, before.size())) return;
    auto rest = text_.substr(hit + 6, longest_name_bytes);
    constexpr std::string_view load = "::load";
    if (!rest.starts_with(load)) {
      if (before.ends_with("Dyna")) list_.add("", level(), Form::native);
      return;
    }
    rest = without_leading_blanks(rest.substr(load.size()));
    if (rest.starts_with('(')) rest = rest.substr(std::min(rest.find_first_not_of(" \t\r\n", 1), rest.size()));
    list_.add(leading_name(leading_literal(rest)), level(), Form::native, hit);
  }

  /// open(my $in, '<', \$text): perl loads the layer that reads strings by itself.
  void read_reference(std::string_view line, std::size_t line_begin, std::size_t hit) {
    const auto before = line.substr(0, hit - line_begin);
    const auto opens = before.find("open");
    const auto mode = before.empty() ? ' ' : before.back();
    if (opens == npos || (mode != '"' && mode != '\'') || in_comment(line, before.size())) return;
    const auto behind = text_.substr(hit + 3, 2);
    if (behind.starts_with('$') || behind == "my") list_.add("PerlIO::scalar", level(), Form::module, hit);
  }

  /// "dbi:SQLite:dbname=…": DBI loads DBD::SQLite.
  void read_data_source(std::size_t hit) {
    const bool quoted = hit > 0 && (text_[hit - 1] == '"' || text_[hit - 1] == '\'');
    const auto driver = leading_word(text_.substr(hit + 4, longest_name_bytes / 2));
    if (!quoted || driver.empty() || text_.substr(hit + 4 + driver.size(), 1) != ":") return;
    list_.add(std::string("DBD::").append(driver), level(), Form::module);
  }

  std::string_view text_;
  ImportList& list_;
  HereDocuments documents_;
  NextOccurrence uses_{text_, "use "}, requires_{text_, "require"}, loaders_{text_, "Loader"},
      subroutines_{text_, "sub"};
  NextOccurrence encodings_{text_, ":encoding("}, references_{text_, ", \\"};
  NextOccurrence sources_{text_, "dbi:"}, upper_sources_{text_, "DBI:"}, pod_ends_{text_, "\n=cut"};
  std::vector<std::size_t> subs_;  // indents of the open subs
  bool in_line_sub_ = false;       // the line holds a whole sub
};

/// Subs, from "sub f {" to "}", and what is no code: POD, and all behind __END__.
std::vector<Span> outermost_spans(std::string_view text) {
  std::vector<Span> spans;
  std::string_view closing;  // what the line begins with that ends the open span
  for (std::size_t at = 0; at < text.size();) {
    const auto end = line_end(text, at);
    const auto line = text.substr(at, end - at);
    if (!closing.empty()) {
      spans.back().end = end;
      if (line.starts_with(closing)) closing = {};
    } else if (line.starts_with("__END__") || line.starts_with("__DATA__")) {
      spans.push_back({SpanKind::opaque, {}, at, text.size()});
      return spans;
    } else if (line.size() > 1 && line[0] == '=' && is_name_start(line[1])) {
      spans.push_back({SpanKind::opaque, {}, at, end});
      closing = "=cut";
    } else if (leading_word(line) == "sub") {
      spans.push_back({SpanKind::function, leading_name(without_leading_blanks(line.substr(3))), at, end});
      if (line.find('}') == npos && line.find(';') == npos) closing = "}";
    }
    at = end + 1;
  }
  return spans;
}

}  // namespace

void read_perl(std::string_view text, ImportList& list) {
  PerlReader(text, list).read();
  if (list.has_calls()) raise_called_imports(text, outermost_spans(text), list);
}

}  // namespace imgslim::imports
