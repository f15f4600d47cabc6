#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "dockerfile/ast.h"

/// What a RUN's script does, as flat facts.
namespace imgslim::rules {

/// Stands in an argument for what a script computes: command substitutions, arithmetic.
inline constexpr std::string_view computed_text = "${VAR}";

/// A word of a command without its quotes; variables stand as ${NAME}.
struct Argument {
  std::string text;
  bool literal = true;  ///< holds no expansion
  dockerfile::Span span;
};

/// One letter of "-abc", or the name of "--name=value".
struct FlagUse {
  std::string name;
  std::uint32_t argument = 0;  ///< index of the argument that it stands in
};

/// What comes before a command.
enum class Joined : std::uint8_t { first, then, both, either, pipe };  ///< nothing, ; or newline, &&, ||, |

/// A simple command with a name that the text tells. `command`, `exec`, `builtin` and `busybox` are looked through.
struct Command {
  std::string name;
  std::vector<Argument> arguments;       ///< all behind the first word
  std::vector<FlagUse> flags;            ///< of all arguments that begin with "-"
  std::vector<std::string> assignments;  ///< NAME=value before it
  std::vector<std::string> outputs;      ///< targets of > and >>
  Joined joined = Joined::first;
  bool nested = false;         ///< within $( ), a subshell, a loop, a condition, a function
  std::uint32_t pipeline = 0;  ///< commands of one pipeline have the same number
  dockerfile::Span span;

  [[nodiscard]] bool has_flag(std::string_view flag) const;
  [[nodiscard]] bool has_argument(std::string_view text) const;
  /// Arguments that do not begin with "-" ("-" alone and "--" count as operands).
  [[nodiscard]] std::vector<const Argument*> operands() const;
  /// The argument behind the flag's, when there is one; for "--flag=value" the value.
  [[nodiscard]] std::vector<std::string> values_of(std::string_view flag) const;
};

/// A script: of a RUN in shell form, its words joined in exec form, its here-documents when it has nothing else.
struct Script {
  std::string text;
  dockerfile::MappedText source;  ///< the same, with its places; empty in exec form
  bool opaque = false;            ///< not understood: it has no commands
  bool pipes = false;             ///< holds a pipeline of two commands or more
  bool exec_form = false;
  bool heredoc = false;                      ///< the text is the body of a here-document
  std::string interpreter;                   ///< of a "#!" in its first line: "/usr/bin/env python3"
  std::vector<Command> commands;             ///< outer commands before those nested in them
  std::vector<dockerfile::Span> pipe_spans;  ///< each pipeline's
  std::vector<std::string> shell_options;    ///< what `set` turned on at top level: "e", "pipefail"
};

/// The script that an instruction runs; one without commands for instructions that run none (RUN, CMD, ENTRYPOINT and
/// HEALTHCHECK do).
[[nodiscard]] Script read_script(const dockerfile::Instruction& instruction);

/// The script of a text that stands nowhere in a file.
[[nodiscard]] Script read_script(std::string_view text);

}  // namespace imgslim::rules
