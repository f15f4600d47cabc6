// Variables in Dockerfiles, as the reference's "Environment replacement" has them and BuildKit's shell/lex.go does
// them: a word is read once from left to right. '…' is literal; in "…" variables are expanded and the escape character
// takes the meaning of " $ and itself; elsewhere it takes the meaning of any character. Words within ${x:-word} and its
// like are expanded the same way, up to the closing brace; in patterns escapes stay for the pattern.
#include "dockerfile/expand.h"

#include <utility>

#include "dockerfile/blanks.h"
#include "dockerfile/substitution.h"

namespace imgslim::dockerfile {
namespace {

constexpr unsigned deepest_nesting = 100;
constexpr auto npos = std::string_view::npos;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

enum class Escapes : bool { remove, keep };

/// Expanded text, and whether all of it is known.
struct Part {
  std::string text;
  bool known = true;
  void append(const Part& other) {
    text += other.text;
    known = known && other.known;
  }
};

class Expander {
 public:
  Expander(std::string_view word, const Lookup& lookup, const ExpandOptions& options)
      : word_(word), lookup_(lookup), options_(options) {}

  Expansion run() && {
    auto part = read_to('\0', Escapes::remove, 0);
    result_.work_bytes += part.text.size();
    result_.text = failed() ? std::string(word_) : std::move(part.text);
    result_.known = !failed() && part.known;
    return std::move(result_);
  }

 private:
  using Kind = ExpansionError::Kind;

  [[nodiscard]] bool failed() const { return result_.error.has_value(); }
  [[nodiscard]] bool at_end() const { return at_ >= word_.size(); }
  [[nodiscard]] char peek() const { return at_end() ? '\0' : word_[at_]; }

  Part fail(Kind kind, std::string message) {
    if (!failed()) result_.error = ExpansionError{kind, std::move(message)};
    at_ = word_.size();
    return {};
  }

  /// Reads up to `stop` and over it; '\0' is the word's end.
  Part read_to(char stop, Escapes escapes, unsigned depth) {
    if (depth > deepest_nesting) return fail(Kind::syntax, "substitutions nested too deeply");
    Part part;
    while (!at_end()) {
      if (stop != '\0' && peek() == stop) return ++at_, part;
      part.append(read_one(escapes, depth));
      if (part.text.size() > options_.most_bytes) return fail(Kind::size, "the expanded text is too large");
    }
    if (stop != '\0') return fail(Kind::syntax, std::string("no ") + stop + " ends the substitution");
    return part;
  }

  Part read_one(Escapes escapes, unsigned depth) {
    const char c = peek();
    if (c == '$') return read_dollar(depth);
    if (options_.quotes == Quotes::remove && c == '\'') return read_single_quoted();
    if (options_.quotes == Quotes::remove && c == '"') return read_double_quoted(escapes, depth);
    ++at_;
    if (c != options_.escape) return {std::string(1, c)};
    Part part;
    if (escapes == Escapes::keep) part.text += c;
    if (!at_end()) part.text += word_[at_++];
    return part;
  }

  Part read_single_quoted() {
    result_.quoted = true;
    const auto end = word_.find('\'', at_ + 1);
    if (end == npos) return fail(Kind::syntax, "no ' ends the quotation");
    Part part{std::string(word_.substr(at_ + 1, end - at_ - 1))};
    at_ = end + 1;
    return part;
  }

  Part read_double_quoted(Escapes escapes, unsigned depth) {
    result_.quoted = true;
    Part part;
    for (++at_; !at_end() && peek() != '"';) {
      if (peek() == '$') {
        part.append(read_dollar(depth));
        continue;
      }
      const char c = word_[at_++];
      if (c != options_.escape) {
        part.text += c;
        continue;
      }
      if (escapes == Escapes::keep) part.text += c;
      const bool takes_next = peek() == '"' || peek() == '$' || peek() == options_.escape;
      part.text += takes_next && !at_end() ? word_[at_++] : c;
    }
    if (at_end()) return fail(Kind::syntax, "no \" ends the quotation");
    ++at_;
    return part;
  }

  std::string read_name() {
    const auto begin = at_;
    if (std::string_view("@*#?-$!").find(peek()) != npos && !at_end()) {
      ++at_;
    } else if (is_digit(peek())) {
      while (is_digit(peek())) ++at_;
    } else {
      while (is_name_character(peek())) ++at_;
    }
    return std::string(word_.substr(begin, at_ - begin));
  }

  /// A reference being read: where it began, what is known of its variable.
  struct Subject {
    std::size_t begin;
    std::string name;
    VariableValue value;
    [[nodiscard]] bool is_set() const {
      return value.knowledge == Knowledge::known || value.knowledge == Knowledge::unknown;
    }
    [[nodiscard]] bool is_known() const { return value.knowledge == Knowledge::known; }
  };

  enum class Guard : bool { none, has_alternative };
  void note(const Subject& subject, Guard guard) {
    result_.references.push_back({subject.name, subject.value.knowledge, guard == Guard::has_alternative, true,
                                  static_cast<std::uint32_t>(subject.begin), static_cast<std::uint32_t>(at_)});
  }

  /// What stands for a variable without a known value.
  [[nodiscard]] Part unresolved(const Subject& subject) const {
    if (options_.unknowns == Unknowns::empty) return {"", false};
    return {std::string(word_.substr(subject.begin, at_ - subject.begin)), false};
  }

  Part plain(const Subject& subject) {
    note(subject, Guard::none);
    return subject.is_known() ? Part{subject.value.value} : unresolved(subject);
  }

  Part read_dollar(unsigned depth) {
    Subject subject{at_++, {}, {}};
    if (peek() == '{') return ++at_, read_braced(std::move(subject), depth + 1);
    subject.name = read_name();
    if (subject.name.empty()) return {"$"};
    subject.value = lookup_(subject.name);
    return plain(subject);
  }

  Part read_braced(Subject subject, unsigned depth) {
    if (at_end()) return fail(Kind::syntax, "no } ends ${");
    if (std::string_view("{}:").find(peek()) != npos) return fail(Kind::syntax, "${ is not followed by a name");
    subject.name = read_name();
    subject.value = lookup_(subject.name);
    if (at_end()) return fail(Kind::syntax, "no } ends ${" + excerpt(subject.name));
    const char form = word_[at_++];
    switch (form) {
      case '}':
        return plain(subject);
      case ':':
        return read_colon_form(subject, depth);
      case '-':
      case '+':
      case '?':
        return read_alternative(subject, form, Emptiness::is_a_value, depth);
      case '#':
      case '%':
        return read_trim(subject, form, depth);
      case '/':
        return read_replacement(subject, depth);
      default:
        return fail(Kind::syntax, "${" + excerpt(subject.name) + form + "…}: no such form of substitution");
    }
  }

  Part read_colon_form(const Subject& subject, unsigned depth) {
    const char form = peek();
    if (std::string_view("-+?").find(form) == npos || at_end())
      return fail(Kind::syntax, "${" + excerpt(subject.name) + ":" + std::string(word_.substr(at_, 1)) +
                                    "…}: no such form of substitution");
    ++at_;
    return read_alternative(subject, form, Emptiness::is_unset, depth);
  }

  enum class Emptiness : bool { is_a_value, is_unset };

  Part read_alternative(const Subject& subject, char form, Emptiness emptiness, unsigned depth) {
    const auto first_inner = result_.references.size();
    auto word = read_to('}', Escapes::remove, depth);
    if (failed()) return {};
    const bool empty = emptiness == Emptiness::is_unset && subject.is_known() && subject.value.value.empty();
    const bool has_value = subject.is_set() && !empty;
    const bool word_counts = form == '+' ? has_value : !has_value;
    for (auto i = first_inner; i < result_.references.size(); ++i)
      result_.references[i].used = result_.references[i].used && word_counts;
    note(subject, form == '?' ? Guard::none : Guard::has_alternative);
    if (subject.value.knowledge == Knowledge::unknown) return unresolved(subject);
    if (form == '?' && !has_value)
      return fail(Kind::missing, excerpt(subject.name) + ": " +
                                     (!word.text.empty() ? word.text
                                      : empty            ? "is empty"
                                                         : "is not set"));
    if (word_counts) return word;
    return form == '+' ? Part{} : Part{subject.value.value};
  }

  /// Counts what a pattern is about to go through.
  bool may_search(const Subject& subject) {
    constexpr std::size_t cost_of_a_byte = 4;
    result_.work_bytes += cost_of_a_byte * subject.value.value.size();
    return result_.work_bytes <= options_.most_work_bytes;
  }

  Part read_trim(const Subject& subject, char form, unsigned depth) {
    const bool longest = peek() == form;
    if (longest) ++at_;
    const auto pattern = read_to('}', Escapes::keep, depth);
    if (failed()) return {};
    note(subject, Guard::none);
    if (!subject.is_known() || !pattern.known) return unresolved(subject);
    if (!may_search(subject)) return fail(Kind::size, "too much text for a pattern");
    const auto match = longest ? Match::longest : Match::shortest;
    auto text = form == '#' ? without_prefix(subject.value.value, pattern.text, match)
                            : without_suffix(subject.value.value, pattern.text, match);
    if (!text) return fail(Kind::pattern, "\"" + excerpt(pattern.text) + "\" is no pattern");
    return {std::move(*text)};
  }

  Part read_replacement(const Subject& subject, unsigned depth) {
    const bool all = peek() == '/';
    if (all) ++at_;
    const auto pattern = read_to('/', Escapes::keep, depth);
    const auto replacement = read_to('}', Escapes::keep, depth);
    if (failed()) return {};
    note(subject, Guard::none);
    if (!subject.is_known() || !pattern.known || !replacement.known) return unresolved(subject);
    if (!may_search(subject)) return fail(Kind::size, "too much text for a pattern");
    auto text = with_replacement(subject.value.value, pattern.text, replacement.text,
                                 {all ? Occurrences::all : Occurrences::first, options_.most_bytes});
    if (!text) return fail(Kind::pattern, "\"" + excerpt(pattern.text) + "\" is no pattern");
    return {std::move(*text)};
  }

  std::string_view word_;
  const Lookup& lookup_;
  const ExpandOptions& options_;
  std::size_t at_ = 0;
  Expansion result_;
};

}  // namespace

Expansion expand(std::string_view word, const Lookup& lookup, const ExpandOptions& options) {
  return Expander(word, lookup, options).run();
}

std::string unquote(std::string_view word, char escape) {
  ExpandOptions options;
  options.escape = escape;
  options.most_bytes = word.size();
  return expand(
             word,
             [](std::string_view) {
               return VariableValue{Knowledge::unknown, {}};
             },
             options)
      .text;
}

}  // namespace imgslim::dockerfile
