#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace imgslim::dockerfile {

enum class Knowledge : std::uint8_t {
  known,    ///< has a value
  unknown,  ///< is defined, but its value is only known in a build: $TARGETARCH, a base image's ENV
  unset,    ///< is declared without a value: `ARG V`
  undefined,
};

/// What a lookup says of a name.
struct VariableValue {
  Knowledge knowledge = Knowledge::undefined;
  std::string value;  ///< when known
};

using Lookup = std::function<VariableValue(std::string_view name)>;

/// One $NAME or ${NAME…} that was met.
struct VariableReference {
  std::string name;
  Knowledge knowledge = Knowledge::undefined;
  bool guarded = false;              ///< ${x:-…}, ${x-…}, ${x:+…}, ${x+…}: fine without a value
  bool used = true;                  ///< false within the branch of these that does not count
  std::uint32_t begin = 0, end = 0;  ///< bytes of the word, from "$" on
};

struct ExpansionError {
  enum class Kind : std::uint8_t {
    syntax,   ///< quotes or braces that do not end, unknown forms
    pattern,  ///< a pattern that is none
    missing,  ///< ${x:?} without a value
    size,     ///< more than ExpandOptions allows
  } kind = Kind::syntax;
  std::string message;
};

struct Expansion {
  std::string text;     ///< quotes and escapes removed; the word as written when there is an error
  bool known = true;    ///< no variable of unknown, unset or undefined value decides on it
  bool quoted = false;  ///< some part was in quotes
  std::vector<VariableReference> references;
  std::optional<ExpansionError> error;  ///< the first; expansion ends there
  std::size_t work_bytes = 0;           ///< text made, and four times the values that patterns went through
};

enum class Unknowns : std::uint8_t {
  keep,   ///< variables without a known value stay as written
  empty,  ///< as BuildKit builds: nothing in their place
};

enum class Quotes : std::uint8_t {
  remove,
  keep,  ///< bodies of heredocs: quotes mean nothing
};

struct ExpandOptions {
  char escape = '\\';
  Unknowns unknowns = Unknowns::keep;
  Quotes quotes = Quotes::remove;
  std::size_t most_bytes = 64u << 10;      ///< of the text
  std::size_t most_work_bytes = 4u << 20;  ///< see Expansion::work_bytes
};

/// Expands one word as BuildKit does: '…', "…", the escape character, $x, ${x} and its forms :- - :+ + :? ? # ## % %% /
/// //, nested. Patterns know * and ? and take
/// bytes that are no UTF-8 as they are. Never fails. Linear but for patterns, which RE2 bounds.
[[nodiscard]] Expansion expand(std::string_view word, const Lookup& lookup, const ExpandOptions& options);

/// The word without quotes and escapes; variables stay as written.
[[nodiscard]] std::string unquote(std::string_view word, char escape);

}  // namespace imgslim::dockerfile
