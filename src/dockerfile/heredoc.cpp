// Heredocs of RUN, COPY and ADD. BuildKit looks for them with the word splitter of its variable expansion, not with a
// shell's grammar: the line is cut into words at blanks outside of quotes, `<<` takes the blanks behind it into its
// word, and a word of the form [digits]<<[-][blanks]name opens a heredoc. So `cat <<EOF>f` waits for a line "EOF>f",
// and on a line with an open quote or a substitution that the splitter does not know there are no heredocs at all.
// Bodies follow in order, each up to a line that is the name; the next line is a new instruction.
#include "dockerfile/heredoc.h"

#include <algorithm>

#include "dockerfile/blanks.h"

namespace imgslim::dockerfile {
namespace {

constexpr auto npos = std::string_view::npos;
constexpr unsigned deepest_nesting = 100;

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

/// Walks the splitter's syntax. Every function returns the place behind what it skipped, npos where the splitter fails.
class Splitter {
 public:
  explicit Splitter(std::string_view text) : text_(text) {}

  /// The words as [begin, end); nothing when the line cannot be split.
  std::optional<std::vector<IndexRange>> split() {
    std::vector<IndexRange> words;
    for (std::size_t at = 0; at < text_.size();) {
      if (const auto length = space_at(text_, at)) {
        at += length;
        continue;
      }
      const auto begin = at;
      while (at < text_.size() && space_at(text_, at) == 0) {
        at = text_.substr(at).starts_with("<<") ? skip_blanks(at + 2) : skip_one(at, 0);
        if (at == npos) return std::nullopt;
      }
      words.push_back({static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(at)});
    }
    return words;
  }

 private:
  [[nodiscard]] std::size_t skip_blanks(std::size_t at) const {
    while (at < text_.size() && (text_[at] == ' ' || text_[at] == '\t')) ++at;
    return at;
  }

  std::size_t skip_one(std::size_t at, unsigned depth) {
    switch (text_[at]) {
      case '\\':
        return std::min(at + 2, text_.size());
      case '\'':
        at = text_.find('\'', at + 1);
        return at == npos ? npos : at + 1;
      case '"':
        return skip_double_quoted(at + 1, depth);
      case '$':
        return text_.substr(at).starts_with("${") ? skip_parameter(at + 2, depth + 1) : at + 1;
      default:
        return at + 1;
    }
  }

  std::size_t skip_double_quoted(std::size_t at, unsigned depth) {
    while (at < text_.size() && text_[at] != '"') {
      const bool escaped =
          text_[at] == '\\' && at + 1 < text_.size() && std::string_view("\"$\\").find(text_[at + 1]) != npos;
      if (escaped) {
        at += 2;
      } else {
        at = text_[at] == '$' ? skip_one(at, depth) : at + 1;
        if (at == npos) return npos;
      }
    }
    return at < text_.size() ? at + 1 : npos;
  }

  /// Behind "${".
  std::size_t skip_parameter(std::size_t at, unsigned depth) {
    if (depth > deepest_nesting || at == text_.size()) return npos;
    if (std::string_view("{}:").find(text_[at]) != npos) return npos;
    if (std::string_view("@*#?-$!").find(text_[at]) != npos) {
      ++at;
    } else {
      while (at < text_.size() && is_name_character(text_[at])) ++at;
    }
    if (at == text_.size()) return npos;
    switch (text_[at++]) {
      case '}':
        return at;
      case ':':
        // ${x:#…} is no form of the splitter's.
        if (at == text_.size() || text_[at] == '#' || text_[at] == '%') return npos;
        return skip_to('}', at + 1, depth);
      case '+':
      case '-':
      case '?':
      case '#':
      case '%':
        return skip_to('}', at, depth);
      case '/':
        at = skip_to('/', at < text_.size() && text_[at] == '/' ? at + 1 : at, depth);
        return at == npos ? npos : skip_to('}', at, depth);
      default:
        return npos;
    }
  }

  std::size_t skip_to(char closing, std::size_t at, unsigned depth) {
    while (at < text_.size() && text_[at] != closing) {
      at = skip_one(at, depth);
      if (at == npos) return npos;
    }
    return at < text_.size() ? at + 1 : npos;
  }

  std::string_view text_;
};

struct Name {
  std::string text;
  bool quoted = false;
};

/// A heredoc's name without quotes and backslashes; nothing when it is empty or more than one word.
std::optional<Name> read_name(std::string_view text) {
  const auto words = Splitter(text).split();
  if (!words || words->size() != 1) return std::nullopt;
  text = text.substr(words->front().begin, words->front().end - words->front().begin);
  Name name;
  char quote = '\0';
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (quote == '\0' ? c == '\'' || c == '"' : c == quote) {
      quote = quote == '\0' ? c : '\0';
      name.quoted = true;
      continue;
    }
    const bool escape = c == '\\' && at + 1 < text.size() &&
                        (quote == '\0' || (quote == '"' && std::string_view("\"$\\").find(text[at + 1]) != npos));
    name.text += escape ? text[++at] : c;
  }
  return name;
}

/// Appends a body's line, with LF at its end whatever the file has there.
void append_line(const File& file, Span line, Heredoc& heredoc) {
  auto text = file.text(line);
  if (heredoc.strip_tabs) text.remove_prefix(std::min(text.find_first_not_of('\t'), text.size()));
  heredoc.body.append(text, line.end - static_cast<std::uint32_t>(text.size()));
  const auto newline = file.source.find('\n', line.end);
  heredoc.body.append("\n", newline == npos ? line.end : static_cast<std::uint32_t>(newline));
}

}  // namespace

std::optional<Heredoc> heredoc_of_word(std::string_view word) {
  word.remove_prefix(std::min(word.find_first_not_of("0123456789"), word.size()));
  if (!word.starts_with("<<")) return std::nullopt;
  word.remove_prefix(2);
  Heredoc heredoc;
  heredoc.strip_tabs = word.starts_with('-');
  if (heredoc.strip_tabs) word.remove_prefix(1);
  word = trim_left(word);
  if (word.empty() || word.find('<') != npos) return std::nullopt;
  auto name = read_name(word);
  if (!name) return std::nullopt;
  heredoc.name = std::move(name->text);
  heredoc.expand = !name->quoted;
  return heredoc;
}

std::vector<Heredoc> find_heredocs(const MappedText& line) {
  std::vector<Heredoc> heredocs;
  const std::string_view text = line.text();
  if (text.find("<<") == npos) return heredocs;
  const auto words = Splitter(text).split();
  if (!words) return heredocs;
  for (const auto word : *words) {
    auto heredoc = heredoc_of_word(text.substr(word.begin, word.end - word.begin));
    if (!heredoc) continue;
    heredoc->span = line.source_span(word.begin, word.end);
    heredocs.push_back(std::move(*heredoc));
  }
  return heredocs;
}

std::uint32_t read_heredoc_bodies(const File& file, std::uint32_t first, std::vector<Heredoc>& heredocs) {
  auto number = first;
  for (auto& heredoc : heredocs) {
    const auto begin =
        number <= file.lines.count() ? file.lines.line(number).begin : static_cast<std::uint32_t>(file.source.size());
    heredoc.body_span = heredoc.terminator_span = {begin, begin};
    heredoc.terminated = false;
    for (; number <= file.lines.count() && !heredoc.terminated; ++number) {
      const auto line = file.lines.line(number);
      auto text = file.text(line);
      if (heredoc.strip_tabs) text.remove_prefix(std::min(text.find_first_not_of('\t'), text.size()));
      heredoc.terminated = text == heredoc.name;
      heredoc.body_span.end = line.begin;
      heredoc.terminator_span = line;
      if (!heredoc.terminated) append_line(file, line, heredoc);
    }
    if (!heredoc.terminated)
      heredoc.body_span.end = heredoc.terminator_span.begin = heredoc.terminator_span.end =
          static_cast<std::uint32_t>(file.source.size());
  }
  return number;
}

}  // namespace imgslim::dockerfile
