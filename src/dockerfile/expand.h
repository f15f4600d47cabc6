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

/// One $NAME or ${NAME…} that was met. Those in the unused branch of :- and its like are none.
struct VariableReference {
  std::string name;
  Knowledge knowledge = Knowledge::undefined;
  bool guarded = false;              ///< ${x:-…}, ${x-…}, ${x:+…}, ${x+…}: fine without a value
  std::uint32_t begin = 0, end = 0;  ///< bytes of the word, from "$" on
};

struct Expansion {
  std::string text;     ///< quotes and escapes removed; variables without a known value stay as written
  bool known = true;    ///< nothing of it depends on a variable of unknown, unset or undefined value
  bool quoted = false;  ///< some part was in quotes
  std::vector<VariableReference> references;
  std::vector<std::string> errors;  ///< bad substitutions, required variables without value
};

enum class Unknowns : std::uint8_t {
  keep,   ///< `$NAME` stays in the text
  empty,  ///< as BuildKit builds: nothing in its place
};

struct ExpandOptions {
  char escape = '\\';
  Unknowns unknowns = Unknowns::keep;
};

/// Expands one word as BuildKit does: '…', "…", the escape character, $x, ${x} and its forms :- - :+ + :? ? # ## % %% /
/// //, nested. Never fails. Linear but for patterns, which RE2 bounds.
[[nodiscard]] Expansion expand(std::string_view word, const Lookup& lookup, const ExpandOptions& options);

/// The word without quotes and escapes; variables stay as written.
[[nodiscard]] std::string unquote(std::string_view word, char escape);

}  // namespace imgslim::dockerfile
