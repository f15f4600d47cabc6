#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "dockerfile/source.h"

/// Dockerfiles as plain values. Facts: docs.docker.com/reference/dockerfile and BuildKit 0.32's frontend/dockerfile.
namespace imgslim::dockerfile {

enum class Keyword : std::uint8_t {
  unknown,
  add,
  arg,
  cmd,
  copy,
  entrypoint,
  env,
  expose,
  from,
  healthcheck,
  label,
  maintainer,
  onbuild,
  run,
  shell,
  stopsignal,
  user,
  volume,
  workdir,
};

/// "ADD"; "" for unknown.
[[nodiscard]] std::string_view keyword_name(Keyword keyword);
/// In any case of letters.
[[nodiscard]] Keyword keyword_of(std::string_view name);

/// A word as written (quotes, escapes and variables untouched), continued lines joined; of a JSON array, the string
/// that the element stands for.
struct Word {
  std::string text;
  Span span;  ///< of a JSON element, quotes included
  friend bool operator==(const Word&, const Word&) = default;
};

/// `--name=value` before the arguments; quotes and backslashes are taken out of the value.
struct Flag {
  std::string name;
  std::optional<std::string> value;  ///< none without "="
  Span span, name_span, value_span;
  friend bool operator==(const Flag&, const Flag&) = default;
};

struct Heredoc {
  std::string name;         ///< unquoted
  bool expand = true;       ///< no part of the name is quoted: variables in the body are expanded
  bool strip_tabs = false;  ///< <<-
  Span span;                ///< of the word that opens it, "<<EOF"
  bool terminated = true;   ///< else the file ended first
  MappedText body;          ///< lines with LF at their ends, leading tabs gone when strip_tabs
  Span body_span;           ///< whole lines; the terminator's line is behind it
  Span terminator_span;     ///< without its line end
  friend bool operator==(const Heredoc&, const Heredoc&) = default;
};

struct Comment {
  std::string text;  ///< behind "#", trimmed
  Span span;         ///< from "#" to the end of the line
  std::uint32_t line = 0;
  bool inside_instruction = false;  ///< between continued lines
  friend bool operator==(const Comment&, const Comment&) = default;
};

/// `# name=value` at the top of the file.
struct Directive {
  std::string name;  ///< lower case: "syntax", "escape", "check"
  std::string value;
  Span span, value_span;
  std::uint32_t line = 0;
  friend bool operator==(const Directive&, const Directive&) = default;
};

/// [begin, end) of a vector.
struct IndexRange {
  std::uint32_t begin = 0, end = 0;
  [[nodiscard]] bool empty() const { return begin == end; }
  friend bool operator==(const IndexRange&, const IndexRange&) = default;
};

/// FROM base AS alias.
struct From {
  Word base;
  std::optional<Word> as_word;  ///< "AS" as written
  std::optional<Word> alias;    ///< as written
  friend bool operator==(const From&, const From&) = default;
};

/// COPY and ADD.
struct Copy {
  std::vector<Word> sources;                             ///< heredocs too
  std::vector<std::optional<std::uint32_t>> heredoc_of;  ///< for each source, the index of the heredoc that it is
  std::optional<Word> destination;
  friend bool operator==(const Copy&, const Copy&) = default;
};

struct KeyValue {
  Word key;
  std::optional<Word> value;  ///< as written; none for `ARG name`
  Span span;
  friend bool operator==(const KeyValue&, const KeyValue&) = default;
};

/// ENV, LABEL and ARG.
struct KeyValues {
  std::vector<KeyValue> pairs;
  bool legacy = false;  ///< ENV or LABEL name value
  friend bool operator==(const KeyValues&, const KeyValues&) = default;
};

struct Healthcheck {
  Word type;          ///< "CMD" or "NONE" as written
  bool none = false;  ///< HEALTHCHECK NONE
  friend bool operator==(const Healthcheck&, const Healthcheck&) = default;
};

struct MountField {
  Word key;                   ///< as written
  std::string name;           ///< lower case, aliases made one: "source", "target", "readonly", "readwrite"
  std::optional<Word> value;  ///< none without "="
  friend bool operator==(const MountField&, const MountField&) = default;
};

/// One --mount of a RUN.
struct Mount {
  std::string type = "bind";  ///< lower case; as written when it holds variables
  std::vector<MountField> fields;
  Span span;  ///< of the flag
  /// By its canonical name; the last one counts.
  [[nodiscard]] const MountField* field(std::string_view name) const;
  /// The field's value; "" when absent or without value.
  [[nodiscard]] std::string_view value(std::string_view name) const;
  friend bool operator==(const Mount&, const Mount&) = default;
};

struct Run {
  std::vector<Mount> mounts;
  friend bool operator==(const Run&, const Run&) = default;
};

enum class Form : std::uint8_t {
  words,  ///< arguments separated by blanks
  text,   ///< one text up to the line's end: shell form of RUN, CMD, ENTRYPOINT, HEALTHCHECK, and USER, WORKDIR …
  json,   ///< ["a", "b"]
};

struct Instruction {
  Keyword keyword = Keyword::unknown;
  Word name;          ///< the keyword as written
  std::string upper;  ///< and in upper case
  Span span;          ///< from the keyword to the end of its last line; heredocs included, the line end not
  Span logical_span;  ///< the same without heredocs
  std::uint32_t start_line = 0, end_line = 0;  ///< 1-based, inclusive, heredocs included
  std::uint32_t logical_end_line = 0;          ///< of the last line before heredocs
  std::vector<Flag> flags;
  MappedText arguments;  ///< behind keyword and flags, continued lines joined, trimmed
  Form form = Form::words;
  /// The arguments: by form the elements, the words or the one text (none when empty). Behind the type for HEALTHCHECK;
  /// whole `name=value` words for ENV, LABEL and ARG; none for ONBUILD.
  std::vector<Word> words;
  std::vector<Heredoc> heredocs;
  std::vector<Span> blank_lines;  ///< within continued lines
  IndexRange comments;        ///< File::comments between it and the instruction above; an empty "#" drops those above
  IndexRange inner_comments;  ///< File::comments between its lines
  std::vector<Instruction> onbuild;  ///< the one that ONBUILD holds
  std::variant<std::monostate, From, Copy, KeyValues, Healthcheck, Run> details;

  template <typename T>
  [[nodiscard]] const T* as() const {
    return std::get_if<T>(&details);
  }
  /// The first flag of that name.
  [[nodiscard]] const Flag* flag(std::string_view flag_name) const;
  /// Its value; "" when absent or without value.
  [[nodiscard]] std::string_view flag_value(std::string_view flag_name) const;

  /// Lines are positions: no part of what an instruction says. Neither are blank lines and comments.
  friend bool operator==(const Instruction& a, const Instruction& b) {
    return a.keyword == b.keyword && a.name == b.name && a.flags == b.flags && a.arguments == b.arguments &&
           a.form == b.form && a.words == b.words && a.heredocs == b.heredocs && a.onbuild == b.onbuild &&
           a.details == b.details;
  }
};

/// The instructions from one FROM to the next.
struct Stage {
  IndexRange instructions;  ///< File::instructions; the first is the FROM
  std::string name;         ///< of `AS name`, lower case; "" when unnamed
  friend bool operator==(const Stage&, const Stage&) = default;
};

enum class ProblemKind : std::uint8_t {
  bad_directive,  ///< unknown escape character, directive given twice
  unknown_instruction,
  missing_arguments,
  too_many_arguments,
  bad_arguments,  ///< FROM a b, ENV a=1 b, blank names, heredoc as destination …
  bad_json,       ///< an array of other things than strings
  json_required,  ///< SHELL in shell form
  unterminated_heredoc,
  unknown_flag,
  bad_flag,  ///< given twice, without its value, not a boolean …
  bad_mount,
  bad_stage_name,
  bad_onbuild,  ///< of ONBUILD, FROM, MAINTAINER
  long_line,    ///< longer than BuildKit reads; the only kind that other parsers accept
  no_instructions,
  bad_encoding,  ///< UTF-16 or UTF-32 text that is none
};

/// "unknown-instruction".
[[nodiscard]] std::string_view problem_name(ProblemKind kind);

/// What BuildKit would end the build with. Parsing goes on behind it.
struct Problem {
  ProblemKind kind;
  std::string message;
  Span span;
  friend bool operator==(const Problem&, const Problem&) = default;
};

enum class Encoding : std::uint8_t { utf8, utf8_bom, utf16_le, utf16_be, utf32_le, utf32_be };

struct File {
  std::string source;  ///< what spans count in: the file as UTF-8, without byte order mark
  Encoding encoding = Encoding::utf8;
  LineIndex lines;
  char escape = '\\';
  std::vector<Directive> directives;
  std::vector<Comment> comments;  ///< all, in order; directives are none
  std::vector<Instruction> instructions;
  std::vector<Stage> stages;
  IndexRange before_stages;       ///< instructions above the first FROM; all of a fragment without FROM
  std::vector<Problem> problems;  ///< in order of their places

  [[nodiscard]] std::string_view text(Span span) const {
    return std::string_view(source).substr(span.begin, span.size());
  }
};

}  // namespace imgslim::dockerfile
