#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "entrypoint/command.h"
#include "shell/evaluate.h"

namespace imgslim::entrypoint {

/// How likely it is that a state is reached. Ascending in doubt.
enum class Odds : std::uint8_t {
  expected,
  split,     ///< within a branch whose condition is unknown
  unlikely,  ///< within the branch that an assumed condition does not take
};

enum class Flow : std::uint8_t {
  normal,
  left_loop,
  next_round,
  returned,
  ended,     ///< exit with a status that may be 0
  failed,    ///< exit with another one
  replaced,  ///< exec
};

/// The status of a command, as far as it is known.
enum class Truth : std::uint8_t { unknown, yes, no };
struct Verdict {
  Truth truth = Truth::unknown;
  bool firm = true;  ///< rests on no assumption
  friend bool operator==(const Verdict&, const Verdict&) = default;
};
[[nodiscard]] constexpr Verdict opposite(Verdict verdict) {
  if (verdict.truth != Truth::unknown) verdict.truth = verdict.truth == Truth::yes ? Truth::no : Truth::yes;
  return verdict;
}

/// One way through a script so far.
struct State {
  shell::Scope scope;
  std::string directory;
  Odds odds = Odds::expected;
  Flow flow = Flow::normal;
  Verdict verdict{Truth::yes, true};   ///< of the last command
  std::optional<shell::Value> output;  ///< collects standard output, within $( ) and before |
  std::optional<shell::Value> input;   ///< standard input, where a pipeline hands it on
  std::vector<std::size_t> last;       ///< the programs of the last pipeline: positions in ScriptRunner::executed()
  friend bool operator==(const State&, const State&) = default;
};
using States = std::vector<State>;

/// A program that a script executes.
struct Executed {
  Command command;
  bool exec = false;            ///< by exec
  bool replaces_shell = false;  ///< by exec, not in a subshell
  bool last = false;            ///< the last command of a way to the script's end
  bool background = false;
  bool named_by_variable = false;
  bool all_arguments = false;  ///< its words mention "$@"
  Odds odds = Odds::expected;
};

/// What `uname -m` prints where the image runs; "" when unknown.
using Machine = std::string;

/// What [ and test say of their operands, "]" left out.
[[nodiscard]] Verdict judge_test(const rootfs::FileSystem& files, const std::vector<shell::Value>& operands,
                                 const State& state);
/// One primary: "-f x" or "a = b"; `pattern` makes the right side of = one.
[[nodiscard]] Verdict judge_unary(const rootfs::FileSystem& files, const shell::Value& operation,
                                  const shell::Value& operand, const State& state);
enum class Comparison : std::uint8_t { text, pattern };
[[nodiscard]] Verdict judge_binary(const shell::Value& left, const shell::Value& operation, const shell::Value& right,
                                   Comparison comparison);

/// Output and status of programs that compute on what is known: dirname, id -u, command -v …
struct Answer {
  shell::Value output;
  Verdict verdict;
};
struct Question {
  const rootfs::FileSystem& files;
  const Command& shell;
  const Machine& machine;
  const State& state;
};
[[nodiscard]] std::optional<Answer> answer_of(const Question& question, const std::vector<shell::Value>& words);

/// The environment of what a state executes: exported variables that are known.
[[nodiscard]] Variables exported(const shell::Scope& scope);

}  // namespace imgslim::entrypoint
