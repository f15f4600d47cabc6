#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Shell scripts as plain values. Facts: POSIX.1-2017 XCU chapter 2; the bash 5.2 manual and parse.y.
namespace imgslim::shell {

/// Bytes of the text that was parsed: begin <= end.
struct Span {
  std::uint32_t begin = 0, end = 0;
  /// Positions are no part of what a script says.
  friend bool operator==(const Span&, const Span&) { return true; }
};

enum class Dialect : std::uint8_t {
  posix,  ///< sh: dash, busybox ash
  bash,
};

struct Command;
struct Word;

struct List;

enum class PartKind : std::uint8_t {
  literal,               ///< as written and unquoted: globs, "~" and braces may be in it
  escaped,               ///< characters that had a backslash each; also a "$" that stands for itself
  single_quoted,         ///< '…': text
  dollar_quoted,         ///< bash $'…': text, its backslashes uninterpreted (decode_dollar_quoted)
  double_quoted,         ///< "…": parts
  translated,            ///< bash $"…": parts
  parameter,             ///< $NAME, ${…}
  command,               ///< $(…), `…`: list
  arithmetic,            ///< $((…)): parts; text is "[" for bash's old $[…]
  process_substitution,  ///< bash <(…) and >(…): text is "<" or ">"; list
  array,                 ///< bash (…) behind NAME=: operands, "[key]=value" as one word
  operator_token,        ///< within [[ ]]: && || ( ) < > !
};

/// A piece of a word. Which members count depends on the kind.
struct Part {
  PartKind kind = PartKind::literal;
  Span span;
  std::string text;         ///< literal and quoted text without its quotes; a parameter's name
  std::vector<Part> parts;  ///< within double quotes, arithmetic
  std::vector<List> list;   ///< one, of command and process substitutions
  // ${…}
  std::string
      operation;  ///< ":-" "-" ":=" "=" ":?" "?" ":+" "+" "#" "##" "%" "%%" "/" "//" "/#" "/%" ":" "^" "^^" "," ",,"
                  ///< "@" "*"; "" without
  std::vector<Word> operands;   ///< of the operation: "/" pattern, perhaps replacement; ":" offset, perhaps length
  std::vector<Word> subscript;  ///< none or one: ${name[subscript]}
  bool length = false;          ///< ${#name}
  bool indirect = false;        ///< ${!name}
  friend bool operator==(const Part&, const Part&);
};

struct Word {
  Span span;
  std::vector<Part> parts;
  friend bool operator==(const Word&, const Word&) = default;
};

struct Assignment {
  Span span;
  std::string name;
  std::vector<Word> subscript;  ///< none or one: name[subscript]=
  bool append = false;          ///< +=
  Word value;                   ///< no parts when empty
  friend bool operator==(const Assignment&, const Assignment&) = default;
};

struct Redirection {
  Span span;
  std::string descriptor;                      ///< "2", bash "{name}", or "" when not stated
  std::string operation;                       ///< "<" ">" ">>" "<>" ">|" "<&" ">&" "&>" "&>>" "<<" "<<-" "<<<"
  Word target;                                 ///< file, descriptor or here-string; a here-document's delimiter
  std::optional<std::uint32_t> here_document;  ///< position in Parsed::here_documents
  /// Here-documents are numbered in the order in which they are met, which is no part of what a script says.
  friend bool operator==(const Redirection& a, const Redirection& b) {
    return a.descriptor == b.descriptor && a.operation == b.operation && a.target == b.target &&
           a.here_document.has_value() == b.here_document.has_value();
  }
};

enum class Connector : std::uint8_t { none, both, either };  ///< what stands before a pipeline: nothing, &&, ||

struct Pipeline {
  Span span;
  Connector connector = Connector::none;
  bool negated = false;  ///< !
  bool timed = false;    ///< bash: time
  std::vector<Command> commands;
  friend bool operator==(const Pipeline&, const Pipeline&) = default;
};

/// Pipelines joined by && and ||.
struct Chain {
  Span span;
  std::vector<Pipeline> pipelines;
  bool background = false;  ///< ends in &
  friend bool operator==(const Chain&, const Chain&) = default;
};

struct List {
  Span span;
  std::vector<Chain> chains;
  friend bool operator==(const List&, const List&) = default;
};

struct CaseItem {
  Span span;
  std::vector<Word> patterns;
  List body;
  std::string terminator = ";;";  ///< ";;" ";&" ";;&"
  friend bool operator==(const CaseItem&, const CaseItem&) = default;
};

enum class CommandKind : std::uint8_t {
  simple,          ///< assignments, words
  group,           ///< { lists[0] }
  subshell,        ///< ( lists[0] )
  if_clause,       ///< lists: condition, body, condition, body …, and with an odd number the else branch last
  while_loop,      ///< lists: condition, body
  until_loop,      ///< lists: condition, body
  for_loop,        ///< name; words when `in` is stated; lists[0]
  arithmetic_for,  ///< bash for ((…;…;…)): words are the three expressions; lists[0]
  select_loop,     ///< bash; as for_loop
  case_clause,     ///< words[0] is the subject; cases
  function,        ///< name; body[0]
  conditional,     ///< bash [[ … ]]: words, operators among them
  arithmetic,      ///< bash ((…)): words[0]
  coprocess,       ///< bash coproc: name or ""; body[0]
  opaque,          ///< not understood: its reason is in Parsed::opaque
};

struct Command {
  CommandKind kind = CommandKind::simple;
  Span span;
  std::vector<Assignment> assignments;
  std::vector<Word> words;
  std::vector<Redirection> redirections;
  std::vector<List> lists;
  std::vector<Command> body;
  std::vector<CaseItem> cases;
  std::string name;     ///< of an opaque command, its text
  bool has_in = false;  ///< of for and select: "in words" is stated
  friend bool operator==(const Command&, const Command&) = default;
};

/// Here, since a part may hold lists.
inline bool operator==(const Part&, const Part&) = default;

struct HereDocument {
  Span span;                ///< of the body
  std::string delimiter;    ///< without quotes
  bool quoted = false;      ///< the body is taken as it is
  bool strip_tabs = false;  ///< <<-
  Word body;                ///< as written, tabs and backslashes included
};

/// A stretch that was not understood.
struct Opaque {
  Span span;
  std::string reason;  ///< "line 3: unexpected )"
};

struct Parsed {
  List list;
  std::vector<HereDocument> here_documents;
  std::vector<Opaque> opaque;
  std::vector<Span> comments;
};

}  // namespace imgslim::shell
