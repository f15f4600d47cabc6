#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "shell/ast.h"

/// Constant propagation: what the words of a script stand for, as far as the text tells.
namespace imgslim::shell {

/// Stands in a text for what is not known.
inline constexpr std::string_view unknown_text = "\xe2\x80\xa6";
/// A text that grows beyond is unknown.
inline constexpr std::size_t longest_value = 32u << 10;

struct Value {
  std::string text;  ///< with unknown_text where something is not known
  bool known = true;
  bool assumed = false;  ///< rests on a variable being unset, or on a file of the image
  bool list = false;     ///< of an unknown and unquoted expansion: may be no field or many

  static Value unknown() { return {std::string(unknown_text), false, false, false}; }
  void append(const Value& other);
  friend bool operator==(const Value&, const Value&) = default;
};

struct Variable {
  std::vector<Value> values;  ///< one of a scalar; an array's in order
  bool array = false;
  bool exported = false;
  friend bool operator==(const Variable&, const Variable&) = default;
};

/// What the words are evaluated in. A variable that is absent is unset.
struct Scope {
  std::map<std::string, Variable, std::less<>> variables;
  std::vector<Value> arguments;  ///< $1 …
  std::string name;              ///< $0

  void set(std::string_view variable, Value value);
  [[nodiscard]] Value get(std::string_view variable) const;  ///< "" and assumed when unset
  friend bool operator==(const Scope&, const Scope&) = default;
};

/// Output of a command substitution, trailing newlines included.
using Substitution = std::function<Value(const List&)>;

/// Evaluates words in a scope; ${V:=word} changes it.
class Evaluator {
 public:
  Evaluator(Scope& scope, const Substitution& substitution) : scope_(scope), substitution_(substitution) {}

  /// Fields after expansion, splitting and quote removal, as of command arguments; globs are left as patterns when
  /// `keep_patterns`, their text has backslashes then (pattern.h).
  enum class Globs : std::uint8_t { remove_quotes, keep_patterns };
  [[nodiscard]] std::vector<Value> fields(const Word& word, Globs globs = Globs::remove_quotes);
  /// One text without splitting, as of assignments.
  [[nodiscard]] Value text(const Word& word);
  /// As text(), quoted bytes escaped: for case and ${V#pattern}.
  [[nodiscard]] Value pattern(const Word& word);
  /// An arithmetic expression of integers, variables, + and -; others are unknown.
  [[nodiscard]] Value arithmetic(const std::vector<Part>& parts);

 private:
  struct Fields;
  void add(const std::vector<Part>& parts, bool quoted, Fields& fields);
  void add_part(const Part& part, bool quoted, Fields& fields);
  void add_parameter(const Part& part, bool quoted, Fields& fields);
  [[nodiscard]] std::optional<std::vector<Value>> elements(const Part& part);
  [[nodiscard]] std::optional<Value> plain_value(const Part& part) const;
  [[nodiscard]] Value operated(const Part& part, std::optional<Value> value);
  [[nodiscard]] Value defaulted(const Part& part, const std::optional<Value>& value);
  [[nodiscard]] Value substring(const Part& part, const Value& value);

  Scope& scope_;
  const Substitution& substitution_;
};

/// Whether words mention all arguments: $@, $*, or all elements of an array.
[[nodiscard]] bool mentions_all_arguments(const std::vector<Word>& words);

}  // namespace imgslim::shell
