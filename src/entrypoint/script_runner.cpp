#include "entrypoint/script_runner.h"

#include <algorithm>

#include "entrypoint/environment.h"
#include "shell/parse.h"

namespace imgslim::entrypoint {

using shell::CommandKind;
using shell::Connector;
using shell::Value;

namespace {

/// Variables that a shell or the run sets to what cannot be known.
constexpr std::string_view unknowable[] = {"HOSTNAME", "RANDOM",       "SECONDS",  "LINENO",     "PPID",
                                           "BASHPID",  "EPOCHSECONDS", "FUNCNAME", "PIPESTATUS", "TERM",
                                           "OLDPWD",   "REPLY",        "SRANDOM"};

}  // namespace

Variables exported(const shell::Scope& scope) {
  Variables variables;
  for (const auto& [name, variable] : scope.variables)
    if (variable.exported && !variable.array && !variable.values.empty() && variable.values.front().known)
      variables.emplace(name, variable.values.front().text);
  return variables;
}

State ScriptRunner::first_state(const Script& script) const {
  State state;
  for (const auto name : unknowable) state.scope.set(name, Value::unknown());
  const auto account = find_account(files_, shell_.user.empty() ? "0" : shell_.user);
  const auto uid = account ? Value{account->uid, true, false, false} : Value::unknown();
  for (const auto* name : {"UID", "EUID"}) state.scope.set(name, uid);
  state.scope.set("OPTIND", {"1", true, false, false});
  state.scope.set("IFS", {" \t\n", true, false, false});
  state.scope.set("BASH_SOURCE", {script.name, true, false, false});
  if (setting_.dialect == shell::Dialect::bash) state.scope.set("BASH_VERSION", Value::unknown());
  for (const auto& [name, value] : shell_.environment) {
    state.scope.set(name, {value, true, false, false});
    state.scope.variables[name].exported = true;
  }
  state.scope.set("PWD", {shell_.working_directory, true, false, false});
  state.scope.name = script.name;
  for (const auto& argument : script.arguments)
    state.scope.arguments.push_back({argument, argument.find(shell::unknown_text) == std::string::npos, false, false});
  state.directory = shell_.working_directory;
  return state;
}

void ScriptRunner::run(const Script& script) {
  path_ = script.path;
  States states = {first_state(script)};
  if (!script.profile.empty()) states = source({{"."}, {script.profile}}, std::move(states.front()));
  States ends;
  for (auto& state : states) {
    state.flow = Flow::normal;
    merge(ends, run_text(script.text, state));
  }
  finish(ends);
}

void ScriptRunner::finish(const States& states) {
  for (const auto& state : states) {
    if (state.flow == Flow::replaced) continue;
    if (state.odds == Odds::expected && (state.flow != Flow::failed || !state.last.empty())) reaches_end_ = true;
    for (const auto position : state.last) executed_[position].last = true;
  }
}

/// Adds states that are not there yet; of too many, the doubtful ones are left out.
void ScriptRunner::merge(States& into, States more) {
  for (auto& state : more) {
    if (std::find(into.begin(), into.end(), state) != into.end()) continue;
    if (into.size() < most_states) {
      into.push_back(std::move(state));
      continue;
    }
    const auto worst =
        std::max_element(into.begin(), into.end(), [](const State& a, const State& b) { return a.odds < b.odds; });
    if (state.odds < worst->odds) *worst = std::move(state);
  }
}

States ScriptRunner::run_text(std::string_view text, const State& state) {
  constexpr std::size_t bytes_per_step = 100;
  steps_ += text.size() / bytes_per_step;
  if (depth_ >= deepest || !step()) return {state};
  ++depth_;
  texts_.push_back(shell::parse(text, setting_.dialect));
  auto states = run_list(texts_.back().list, {state});
  --depth_;
  return states;
}

States ScriptRunner::run_list(const shell::List& list, States states) {
  for (const auto& chain : list.chains) {
    States after;
    bool going = false;
    for (const auto& state : states) {
      const bool runs = state.flow == Flow::normal && step();
      going = going || runs;
      merge(after, runs ? run_chain(chain, state) : States{state});
    }
    states = std::move(after);
    if (!going) break;
  }
  return states;
}

States ScriptRunner::run_chain(const shell::Chain& chain, const State& state) {
  if (chain.background) {
    ++background_;
    ++subshells_;
    (void)run_pipelines(chain, state);
    --subshells_;
    --background_;
    auto after = state;
    after.verdict = {Truth::yes, true};
    after.last.clear();
    return {after};
  }
  return settled(run_pipelines(chain, state), state.odds);
}

States ScriptRunner::run_pipelines(const shell::Chain& chain, const State& state) {
  States states = {state};
  for (const auto& pipeline : chain.pipelines) {
    States after;
    for (auto& before : states) {
      if (before.flow != Flow::normal || !step()) {
        merge(after, {before});
        continue;
      }
      const bool wants_yes = pipeline.connector == Connector::both;
      const auto verdict = pipeline.connector == Connector::none ? Verdict{Truth::yes, true}
                           : wants_yes                           ? before.verdict
                                                                 : opposite(before.verdict);
      auto skipping = before;
      auto running = before;
      skipping.verdict = {wants_yes ? Truth::no : Truth::yes, verdict.firm};
      if (wants_yes) skipping.last.clear();
      if (verdict.truth == Truth::unknown) running.odds = std::max(running.odds, Odds::split);
      if (verdict.truth == Truth::yes) skipping.odds = Odds::unlikely;
      if (verdict.truth == Truth::no) running.odds = Odds::unlikely;
      if (verdict.truth != Truth::no || !verdict.firm) merge(after, run_pipeline(pipeline, running));
      if (verdict.truth != Truth::yes || !verdict.firm) merge(after, {skipping});
    }
    states = std::move(after);
  }
  return states;
}

States ScriptRunner::run_pipeline(const shell::Pipeline& pipeline, const State& state) {
  if (pipeline.commands.empty()) return {state};
  auto states =
      pipeline.commands.size() == 1 ? run_command(pipeline.commands.front(), state) : run_stages(pipeline, state);
  if (pipeline.negated)
    for (auto& after : states) after.verdict = opposite(after.verdict);
  return states;
}

/// What all the likeliest ends have printed.
Value ScriptRunner::common_output(const States& ends) {
  const State* best = nullptr;
  for (const auto& end : ends)
    if (best == nullptr || end.odds < best->odds) best = &end;
  if (best == nullptr || !best->output) return Value::unknown();
  const bool alike = std::all_of(
      ends.begin(), ends.end(), [&](const State& end) { return end.odds != best->odds || end.output == best->output; });
  return alike ? *best->output : Value::unknown();
}

/// Each command of a pipeline runs in a subshell, and reads what the one before it prints.
States ScriptRunner::run_stages(const shell::Pipeline& pipeline, const State& state) {
  auto after = state;
  after.last.clear();
  auto input = state.input;
  ++subshells_;
  for (const auto& command : pipeline.commands) {
    const bool last = &command == &pipeline.commands.back();
    auto stage = state;
    stage.last.clear();
    stage.input = std::move(input);
    if (!last) stage.output = Value();
    const auto ends = run_command(command, stage);
    for (const auto& end : ends) {
      for (const auto position : end.last)
        if (std::find(after.last.begin(), after.last.end(), position) == after.last.end())
          after.last.push_back(position);
      if (!last) continue;
      after.verdict = end.verdict;
      after.output = end.output;
    }
    input = common_output(ends);
  }
  --subshells_;
  return {after};
}

States ScriptRunner::run_subshell(const shell::List& list, const State& state) {
  ++subshells_;
  const auto ends = run_list(list, {state});
  --subshells_;
  States states;
  for (const auto& end : ends) {
    auto after = state;
    after.verdict = end.verdict;
    after.output = end.output;
    after.last = end.last;
    merge(states, {after});
  }
  return states;
}

/// What $(list) stands for.
Value ScriptRunner::output_of(const shell::List& list, const State& state) {
  if (depth_ >= deepest || !step()) return Value::unknown();
  ++depth_;
  auto inner = state;
  inner.output = Value();
  const auto ends = run_subshell(list, inner);
  --depth_;
  return common_output(ends);
}

States ScriptRunner::run_command(const shell::Command& command, const State& state) {
  if (nesting_ >= deepest_nesting) return {state};
  ++nesting_;
  auto states = run_by_kind(command, state);
  --nesting_;
  return states;
}

States ScriptRunner::run_by_kind(const shell::Command& command, const State& state) {
  switch (command.kind) {
    case CommandKind::simple:
      return run_simple(command, state);
    case CommandKind::group:
      return run_list(command.lists.front(), {state});
    case CommandKind::subshell:
      return run_subshell(command.lists.front(), state);
    case CommandKind::if_clause:
      return run_if(command, state);
    case CommandKind::while_loop:
    case CommandKind::until_loop:
      return run_while(command, state);
    case CommandKind::for_loop:
      return run_for(command, state);
    case CommandKind::arithmetic_for:
    case CommandKind::select_loop:
      return run_unknown_loop(command.lists.front(), state);
    case CommandKind::case_clause:
      return run_case(command, state);
    case CommandKind::function:
      functions_.insert_or_assign(command.name, &command.body.front());
      return {state};
    default:
      break;
  }
  auto after = state;
  after.last.clear();
  after.verdict = {Truth::unknown, true};
  if (command.kind == CommandKind::conditional) after.verdict = judge_conditional(command.words, after);
  if (command.kind == CommandKind::coprocess) {
    ++background_;
    (void)run_command(command.body.front(), state);
    --background_;
  }
  return {after};
}

}  // namespace imgslim::entrypoint
