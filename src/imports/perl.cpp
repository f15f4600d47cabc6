#include <algorithm>
#include <string>

#include "imports/called_functions.h"
#include "imports/heredoc.h"
#include "imports/perl_blocks.h"
#include "imports/readers.h"
#include "imports/scan.h"

/// Imports of Perl source (perlfunc "use", "require"; perlpod; perldata "__END__"; base, parent, lib, DynaLoader,
/// XSLoader).
///
/// Only perl can parse Perl; this reader goes by lines. Lines of POD, of here-documents and behind __END__ are skipped.
/// In the others the words that can load something are searched for, and taken where code may stand: at the start of a
/// statement, or in a string that eval is given. `use` runs when the file is compiled, wherever it stands; `require`
/// runs where it stands (perl_blocks.h). Layers of PerlIO are modules that perl loads where they are named. Classes
/// name what they are built from in calls of their own (Moose's and Moo's `extends` and `with`), and much is loaded by
/// functions that are given a name (`load_class("A::B")`, Module::Runtime, Class::Load, Module::Load) or by a variable
/// that states one (`our $STASH = "A::B";`).
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
    line_begin_ = at;
    blocks_.begin_line(line, indent);
    read_class(at, line, indent);
    const auto end = at + line.size();
    for (auto hit = uses_.from(at); hit < end; hit = uses_.from(hit + 4)) read_use(at, hit);
    for (auto hit = requires_.from(at); hit < end; hit = requires_.from(hit + 7)) read_require(line, at, hit);
    for (auto hit = loaders_.from(at); hit < end; hit = loaders_.from(hit + 6)) read_loader(line, at, hit);
    for (auto* words : {&loads_, &modules_})
      for (auto hit = words->from(at); hit < end; hit = words->from(hit + 4)) read_loading_call(line, at, hit);
    for (auto hit = encodings_.from(at); hit < end; hit = encodings_.from(hit + 10))
      if (!is_in_perl_comment(line, hit - at)) add("PerlIO::encoding", Form::module, hit);
    for (auto hit = references_.from(at); hit < end; hit = references_.from(hit + 3)) read_reference(line, at, hit);
    for (auto* sources : {&sources_, &upper_sources_})
      for (auto hit = sources->from(at); hit < end; hit = sources->from(hit + 4)) read_data_source(hit);
  }

  /// Adds what runs where byte `hit` of the text stands. A module's compiled part is its reason to be: conditions there
  /// choose between ways to load it.
  void add(std::string_view name, Form form, std::size_t hit) {
    const auto run = blocks_.run_of(hit - line_begin_);
    const bool loads = form == Form::native && !run.may_be_called;
    list_.add(name, loads ? Level::load : run.level, form, run.may_be_called ? hit : ImportList::nowhere);
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
    if ((!starts && !evaluated) || is_in_perl_comment(line, line.size())) return;
    const auto rest = without_leading_blanks(text_.substr(hit + 4, longest_list_bytes));
    const auto name = leading_name(rest);
    if (name.empty() || is_version(name)) return;
    const auto when = evaluated ? blocks_.run_of(hit - line_begin_).level : Level::load;
    list_.add(name, when, Form::module);
    if (name == "parent" || name == "base") read_parents(arguments_of(rest, name), when);
    if (name == "lib") read_directories(arguments_of(rest, name));
    if (name == "if") read_conditional(arguments_of(rest, name));
  }

  static std::string_view arguments_of(std::string_view rest, std::string_view name) {
    return rest.substr(name.size(), rest.find(';', name.size()) - name.size());
  }

  /// `extends 'A';`, `with 'A', 'B' => {…};`, and `$NAME = 'A::B';` outside of subs.
  void read_class(std::size_t line_begin, std::string_view line, std::size_t indent) {
    const auto code = line.substr(indent);
    const auto word = leading_word(code);
    if (word == "extends" || word == "with") {
      const auto rest = text_.substr(line_begin + indent + word.size(), longest_list_bytes);
      const auto arguments = rest.substr(0, rest.find(';'));
      const auto begin = std::min(arguments.find_first_not_of(" \t\r\n("), arguments.size());
      const auto first = arguments.substr(begin);
      if (first.starts_with('\'') || first.starts_with('"') || first.starts_with("qw"))
        read_class_names(arguments, line_begin + indent);
      return;
    }
    if (code[0] != '$' && word != "our" && word != "my") return;
    const auto equals = code.find("= ");
    const auto name = equals == npos ? std::string_view() : leading_literal(code.substr(equals + 2));
    const bool plain = !name.empty() && leading_name(name) == name && name.find("::") != npos;
    if (plain && code.substr(equals + 4 + name.size()).starts_with(';')) add(name, Form::module, line_begin + indent);
  }

  /// Names with "::" or in quotes; what stands in braces are options.
  void read_class_names(std::string_view arguments, std::size_t hit) {
    int depth = 0;
    for (std::size_t at = 0; at < arguments.size(); ++at) {
      if (arguments[at] == '{') ++depth;
      if (arguments[at] == '}') --depth;
      const auto name = depth == 0 ? leading_name(arguments.substr(at)) : std::string_view();
      if (name.empty()) continue;
      const bool quoted = at > 0 && (arguments[at - 1] == '\'' || arguments[at - 1] == '"');
      if (quoted || name.find("::") != npos) add(name, Form::module, hit);
      at += name.size() - 1;
    }
  }

  /// load_class('A::B'), use_module("A::B"), load 'A::B', of whatever module: `hit` is in the function's name.
  void read_loading_call(std::string_view line, std::size_t line_begin, std::size_t hit) {
    const auto place = hit - line_begin;
    if (place >= line.size() || is_in_perl_comment(line, place) || line.substr(0, place).ends_with("Loader::")) return;
    auto rest = line.substr(place);
    rest = without_leading_blanks(rest.substr(leading_word(rest).size()));
    if (rest.starts_with('(')) rest = without_leading_blanks(rest.substr(1));
    const auto name = leading_literal(rest);
    if (!name.empty() && leading_name(name) == name && name.find("::") != npos) add(name, Form::module, hit);
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

  /// `use if $] < 5.010, 'MRO::Compat'`: what asks for another system, an older Perl or a constant is not run.
  void read_conditional(std::string_view arguments) {
    const auto comma = std::min(arguments.find(','), arguments.find("=>"));
    if (comma == npos) return;
    const auto condition = without_leading_blanks(arguments.substr(0, comma));
    const auto module = without_leading_blanks(arguments.substr(comma + (arguments[comma] == ',' ? 1 : 2)));
    const auto literal = leading_literal(module);
    const auto name = leading_name(literal.empty() ? module : literal);
    const bool of_system = condition.find("$^O eq") != npos && condition.find("linux") == npos;
    const bool of_constant = !leading_name(condition).empty() && condition.find_first_of("$(") == npos;
    const bool of_old = condition.find("$] <") != npos || condition.find("$]<") != npos;
    const auto when = of_system ? Level::elsewhere : of_constant || of_old ? Level::call : Level::load;
    if (!name.empty()) list_.add(name, when, Form::module);
  }

  void read_require(std::string_view line, std::size_t line_begin, std::size_t hit) {
    const auto before = text_.substr(line_begin, hit - line_begin);
    if (!before.empty() && (is_word_byte(before.back()) || std::string_view("$@%>:-&").find(before.back()) != npos))
      return;
    const bool quoted = std::count(before.begin(), before.end(), '"') % 2 == 1;
    if ((quoted && !in_eval_string(before)) || is_in_perl_comment(line, before.size())) return;
    auto rest = text_.substr(hit + 7, longest_name_bytes);
    if (rest.empty() || is_word_byte(rest[0])) return;
    rest = without_leading_blanks(rest);
    if (rest.starts_with('(')) rest = without_leading_blanks(rest.substr(1));
    if (const auto path = leading_literal(rest); !path.empty()) {
      if (path.find_first_of("$@") == npos && path.find('.') != npos) add(path, Form::module, hit);
      return;
    }
    const auto name = leading_name(rest);
    if (!name.empty() && !is_version(name) && !rest.substr(name.size()).starts_with("->")) add(name, Form::module, hit);
  }

  /// XSLoader::load('Name', $VERSION), or DynaLoader in @ISA or after require: `hit` is at "Loader".
  void read_loader(std::string_view line, std::size_t line_begin, std::size_t hit) {
    const auto before = text_.substr(line_begin, hit - line_begin);
    const bool native = before.ends_with("XS") || before.ends_with("Dyna");
    if (!native || is_in_perl_comment(line, before.size())) return;
    auto rest = text_.substr(hit + 6, longest_name_bytes);
    constexpr std::string_view load = "::load";
    if (!rest.starts_with(load)) {
      if (before.ends_with("Dyna")) add("", Form::native, hit);
      return;
    }
    rest = without_leading_blanks(rest.substr(load.size()));
    if (rest.starts_with('(')) rest = rest.substr(std::min(rest.find_first_not_of(" \t\r\n", 1), rest.size()));
    add(leading_name(leading_literal(rest)), Form::native, hit);
  }

  /// open(my $in, '<', \$text): perl loads the layer that reads strings by itself.
  void read_reference(std::string_view line, std::size_t line_begin, std::size_t hit) {
    const auto before = line.substr(0, hit - line_begin);
    const auto opens = before.find("open");
    const auto mode = before.empty() ? ' ' : before.back();
    if (opens == npos || (mode != '"' && mode != '\'') || is_in_perl_comment(line, before.size())) return;
    const auto behind = text_.substr(hit + 3, 2);
    if (behind.starts_with('$') || behind == "my") add("PerlIO::scalar", Form::module, hit);
  }

  /// "dbi:SQLite:dbname=…": DBI loads DBD::SQLite.
  void read_data_source(std::size_t hit) {
    const bool quoted = hit > 0 && (text_[hit - 1] == '"' || text_[hit - 1] == '\'');
    const auto driver = leading_word(text_.substr(hit + 4, longest_name_bytes / 2));
    if (!quoted || driver.empty() || text_.substr(hit + 4 + driver.size(), 1) != ":") return;
    add(std::string("DBD::").append(driver), Form::module, hit);
  }

  std::string_view text_;
  ImportList& list_;
  HereDocuments documents_;
  NextOccurrence uses_{text_, "use "}, requires_{text_, "require"}, loaders_{text_, "Loader"};
  NextOccurrence loads_{text_, "load"}, modules_{text_, "_module"};
  NextOccurrence encodings_{text_, ":encoding("}, references_{text_, ", \\"};
  NextOccurrence sources_{text_, "dbi:"}, upper_sources_{text_, "DBI:"}, pod_ends_{text_, "\n=cut"};
  PerlBlocks blocks_;
  std::size_t line_begin_ = 0;
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
