#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "entrypoint/command.h"
#include "entrypoint/script_state.h"
#include "shell/ast.h"

namespace imgslim::entrypoint {

/// Runs a shell script on what is known before it runs, and collects the programs that it executes.
///
/// A condition that is known takes one branch; one that rests on an assumption (a variable that nobody set, a file)
/// takes the branch that is expected and looks at the other one only for what it might execute; an unknown one goes
/// both ways. Equal states become one. The number of states, of commands, of rounds of a loop and the depth of
/// functions, sourced files and substitutions are bounded.
class ScriptRunner {
 public:
  struct Setting {
    Machine machine;
    shell::Dialect dialect = shell::Dialect::posix;
    std::size_t most_steps = 0;  ///< commands, each counted in every state that runs it
  };
  ScriptRunner(const rootfs::FileSystem& files, const Command& shell, Setting setting)
      : files_(files), shell_(shell), setting_(std::move(setting)) {}

  struct Script {
    std::string_view text;
    std::string name;  ///< $0
    std::string path;  ///< shown in chains; "" for `sh -c`
    std::vector<std::string> arguments;
    std::string profile;  ///< a file to source first, "" for none
  };
  void run(const Script& script);

  [[nodiscard]] const std::vector<Executed>& executed() const { return executed_; }
  [[nodiscard]] bool reaches_end() const { return reaches_end_; }  ///< an expected way ends without exec
  [[nodiscard]] bool cut() const { return steps_ >= setting_.most_steps; }
  [[nodiscard]] std::size_t steps() const { return steps_; }
  [[nodiscard]] const std::vector<rootfs::Found>& sourced() const { return sourced_; }

 private:
  static constexpr std::size_t most_states = 8;
  static constexpr std::size_t most_rounds = 64;
  static constexpr std::size_t most_executed = 300;
  static constexpr unsigned deepest = 30;           ///< functions, sourced files, substitutions
  static constexpr unsigned deepest_nesting = 150;  ///< commands within commands, over all of these

  // script_runner.cpp: lists, pipelines, subshells
  [[nodiscard]] State first_state(const Script& script) const;
  void finish(const States& states);
  [[nodiscard]] bool step() { return ++steps_ < setting_.most_steps; }
  States run_list(const shell::List& list, States states);
  States run_chain(const shell::Chain& chain, const State& state);
  States run_pipelines(const shell::Chain& chain, const State& state);
  States run_pipeline(const shell::Pipeline& pipeline, const State& state);
  States run_stages(const shell::Pipeline& pipeline, const State& state);
  States run_command(const shell::Command& command, const State& state);
  States run_by_kind(const shell::Command& command, const State& state);
  States run_subshell(const shell::List& list, const State& state);
  shell::Value output_of(const shell::List& list, const State& state);
  [[nodiscard]] static shell::Value common_output(const States& ends);
  States run_text(std::string_view text, const State& state);
  static void merge(States& into, States more);

  // script_branches.cpp: conditions and loops
  States run_branch(const shell::List& body, const State& state);
  States run_if(const shell::Command& command, const State& state);
  States run_case(const shell::Command& command, State state);
  States run_case_body(const shell::Command& command, std::size_t at, const State& state);
  void run_round(const shell::List& body, const State& state, States& next, States& done);
  States run_while(const shell::Command& command, const State& state);
  States run_for(const shell::Command& command, State state);
  States run_unknown_loop(const shell::List& body, const State& state);
  static States settled(States states, Odds prior);
  Verdict judge_conditional(const std::vector<shell::Word>& words, State& state);

  // script_commands.cpp: simple commands
  States run_simple(const shell::Command& command, State state);
  States run_named(const shell::Command& command, std::vector<shell::Value> words, State state);
  std::optional<States> run_builtin(const shell::Command& command, const std::vector<shell::Value>& words,
                                    State& state);
  States run_function(const shell::Command& function, const std::vector<shell::Value>& words, State state);
  States source(const std::vector<shell::Value>& words, State state);
  States run_exec(const shell::Command& command, std::vector<shell::Value> words, State state);
  void assign(const shell::Assignment& assignment, State& state);
  void execute(const shell::Command& command, const std::vector<shell::Value>& words, State& state, bool exec);
  void add_executed(Executed executed, State& state);

  // expansion
  std::vector<shell::Value> expand(const std::vector<shell::Word>& words, State& state);
  shell::Value expand_text(const shell::Word& word, State& state);
  shell::Value expand_pattern(const shell::Word& word, State& state);

  const rootfs::FileSystem& files_;
  Command shell_;
  Setting setting_;
  std::string path_;
  std::deque<shell::Parsed> texts_;  ///< what functions_ points into
  std::map<std::string, const shell::Command*, std::less<>> functions_;
  std::vector<const shell::Command*> calls_;  ///< functions that run now
  std::vector<Executed> executed_;
  std::vector<rootfs::Found> sourced_;
  std::size_t steps_ = 0;
  unsigned depth_ = 0, nesting_ = 0, subshells_ = 0, background_ = 0;
  bool reaches_end_ = false;
};

}  // namespace imgslim::entrypoint
