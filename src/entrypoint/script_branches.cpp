/// Branches and loops of scripts, by what their conditions are known to be.
#include <algorithm>

#include "entrypoint/script_runner.h"
#include "shell/parse.h"
#include "shell/pattern.h"

namespace imgslim::entrypoint {

using shell::CommandKind;
using shell::Value;

/// What is left of the doubt behind a branch: ways that split are alternatives now; unlikely ways are forgotten, unless
/// all others ended in `exit`: then the container gets on only by them.
States ScriptRunner::settled(States states, Odds prior) {
  if (prior == Odds::unlikely) return states;
  const auto goes_on = [](const State& state) {
    return state.odds != Odds::unlikely && state.flow != Flow::ended && state.flow != Flow::failed;
  };
  const bool forget = std::any_of(states.begin(), states.end(), goes_on);
  States kept;
  for (auto& state : states) {
    if (state.odds == Odds::unlikely && forget) continue;
    state.odds = prior;
    merge(kept, {std::move(state)});
  }
  return kept;
}

States ScriptRunner::run_if(const shell::Command& command, const State& state) {
  States done, pending = {state};
  const auto& lists = command.lists;
  for (std::size_t at = 0; at < lists.size(); at += 2) {
    if (at + 1 == lists.size()) {
      merge(done, run_list(lists[at], std::move(pending)));
      pending.clear();
      break;
    }
    States otherwise;
    for (auto& tested : run_list(lists[at], std::move(pending))) {
      if (tested.flow != Flow::normal) {
        merge(done, {std::move(tested)});
        continue;
      }
      const auto verdict = tested.verdict;
      auto taken = tested;
      if (verdict.truth == Truth::unknown) taken.odds = tested.odds = std::max(tested.odds, Odds::split);
      if (verdict.truth == Truth::no) taken.odds = Odds::unlikely;
      if (verdict.truth == Truth::yes) tested.odds = Odds::unlikely;
      tested.verdict = {Truth::yes, true};
      tested.last.clear();
      if (verdict.truth != Truth::no || !verdict.firm) merge(done, run_list(lists[at + 1], {taken}));
      if (verdict.truth != Truth::yes || !verdict.firm) merge(otherwise, {std::move(tested)});
    }
    pending = std::move(otherwise);
  }
  merge(done, std::move(pending));
  return settled(std::move(done), state.odds);
}

/// Runs the body of an item and, behind ";&", those that follow.
States ScriptRunner::run_case_body(const shell::Command& command, std::size_t at, const State& state) {
  States states = {state};
  for (; at < command.cases.size(); ++at) {
    states = run_list(command.cases[at].body, std::move(states));
    if (command.cases[at].terminator != ";&") break;
  }
  return states;
}

States ScriptRunner::run_case(const shell::Command& command, State state) {
  const auto prior = state.odds;
  const auto subject = expand_text(command.words.front(), state);
  state.last.clear();
  state.verdict = {Truth::yes, true};
  States done;
  for (std::size_t at = 0; at < command.cases.size(); ++at) {
    Verdict verdict{Truth::no, true};
    for (const auto& word : command.cases[at].patterns) {
      const auto pattern = expand_pattern(word, state);
      const bool all = pattern.known && pattern.text == "*";
      const bool known = all || (subject.known && pattern.known);
      if (known && (all || shell::matches(pattern.text, subject.text))) {
        verdict = {Truth::yes, all ? true : !subject.assumed && !pattern.assumed};
        break;
      }
      if (!known) verdict.truth = Truth::unknown;
      verdict.firm = verdict.firm && !subject.assumed && !pattern.assumed;
    }
    auto taken = state;
    if (verdict.truth == Truth::unknown) taken.odds = state.odds = std::max(state.odds, Odds::split);
    if (verdict.truth == Truth::no) taken.odds = Odds::unlikely;
    if (verdict.truth != Truth::no || !verdict.firm) merge(done, run_case_body(command, at, taken));
    if (verdict.truth == Truth::yes && verdict.firm) return settled(std::move(done), prior);
    if (verdict.truth == Truth::yes) state.odds = Odds::unlikely;
  }
  merge(done, {std::move(state)});
  return settled(std::move(done), prior);
}

/// A body that runs never, once or often.
States ScriptRunner::run_unknown_loop(const shell::List& body, const State& state) {
  auto inside = state;
  inside.odds = std::max(inside.odds, Odds::split);
  States states = {state};
  for (auto& after : run_list(body, {inside})) {
    if (after.flow == Flow::left_loop || after.flow == Flow::next_round) after.flow = Flow::normal;
    merge(states, {std::move(after)});
  }
  return settled(std::move(states), state.odds);
}

/// Runs a loop's body once: what goes on with the next round is added to `next`, what leaves the loop to `done`.
void ScriptRunner::run_round(const shell::List& body, const State& state, States& next, States& done) {
  for (auto& after : run_list(body, {state})) {
    const bool again = after.flow == Flow::normal || after.flow == Flow::next_round;
    if (again || after.flow == Flow::left_loop) after.flow = Flow::normal;
    merge(again ? next : done, {std::move(after)});
  }
}

States ScriptRunner::run_while(const shell::Command& command, const State& state) {
  const bool until = command.kind == CommandKind::until_loop;
  States done, active = {state};
  for (std::size_t round = 0; !active.empty(); ++round) {
    const bool endless = round >= most_rounds || cut();
    States next;
    for (auto& tested : run_list(command.lists[0], active)) {
      const auto verdict = until ? opposite(tested.verdict) : tested.verdict;
      if (tested.flow != Flow::normal || verdict.truth == Truth::no) {
        merge(done, {std::move(tested)});
      } else if (verdict.truth == Truth::unknown) {
        merge(done, run_unknown_loop(command.lists[1], tested));
      } else {
        run_round(command.lists[1], tested, next, done);
      }
    }
    if (endless || next == active) {  // it stays here
      for (auto& stuck : next) stuck.flow = Flow::ended;
      merge(done, std::move(next));
      break;
    }
    active = std::move(next);
  }
  for (auto& after : done)
    if (after.flow == Flow::left_loop) after.flow = Flow::normal;
  return done;
}

States ScriptRunner::run_for(const shell::Command& command, State state) {
  const auto values = command.has_in ? expand(command.words, state) : state.scope.arguments;
  const bool known = std::all_of(values.begin(), values.end(), [](const Value& value) { return value.known; });
  if (!known || values.size() > most_rounds) {
    state.scope.set(command.name, Value::unknown());
    return run_unknown_loop(command.lists[0], state);
  }
  States done, active = {state};
  for (const auto& value : values) {
    States next;
    for (auto& before : active) {
      before.scope.set(command.name, value);
      run_round(command.lists[0], before, next, done);
    }
    active = std::move(next);
  }
  merge(done, std::move(active));
  return done;
}

namespace {

/// Evaluates the words of [[ ]] by precedence: ||, &&, !, primaries.
class ConditionalJudge {
 public:
  struct Token {
    bool operation = false;  ///< && || ( ) < >
    Value text, pattern;
  };
  ConditionalJudge(const rootfs::FileSystem& files, const std::vector<Token>& tokens, const State& state)
      : files_(files), tokens_(tokens), state_(state) {}

  Verdict judge() {
    const auto verdict = either();
    return at_ == tokens_.size() ? verdict : Verdict{};
  }

 private:
  [[nodiscard]] bool is(std::string_view operation) const {
    return at_ < tokens_.size() && tokens_[at_].operation && tokens_[at_].text.text == operation;
  }

  Verdict either() {
    auto verdict = both();
    while (is("||")) {
      ++at_;
      verdict = opposite(joined(opposite(verdict), opposite(both())));
    }
    return verdict;
  }
  Verdict both() {
    auto verdict = primary();
    while (is("&&")) {
      ++at_;
      verdict = joined(verdict, primary());
    }
    return verdict;
  }
  static Verdict joined(Verdict a, Verdict b) {
    if (a.truth == Truth::no && (a.firm || b.truth != Truth::no)) return a;
    if (b.truth == Truth::no) return b;
    if (a.truth == Truth::unknown || b.truth == Truth::unknown) return {};
    return {Truth::yes, a.firm && b.firm};
  }
  Verdict primary() {
    bool negated = false;
    for (; at_ < tokens_.size() && !tokens_[at_].operation && tokens_[at_].text.text == "!"; ++at_) negated = !negated;
    const auto verdict = is("(") ? parenthesized() : plain();
    return negated ? opposite(verdict) : verdict;
  }
  Verdict parenthesized() {
    if (++depth_ > shell::deepest_nesting) {
      at_ = tokens_.size();
      return {};
    }
    ++at_;
    const auto verdict = either();
    --depth_;
    if (is(")")) ++at_;
    return verdict;
  }
  Verdict plain() {
    const auto begin = at_;
    while (at_ < tokens_.size() && !is("&&") && !is("||") && !is(")")) ++at_;
    const auto* token = tokens_.data() + begin;
    switch (at_ - begin) {
      case 1:
        return judge_unary(files_, {"-n"}, token[0].text, state_);
      case 2:
        return judge_unary(files_, token[0].text, token[1].text, state_);
      case 3:
        return judge_binary(token[0].text, token[1].text, token[2].pattern, Comparison::pattern);
      default:
        return {};
    }
  }

  const rootfs::FileSystem& files_;
  const std::vector<Token>& tokens_;
  const State& state_;
  std::size_t at_ = 0;
  unsigned depth_ = 0;
};

}  // namespace

Verdict ScriptRunner::judge_conditional(const std::vector<shell::Word>& words, State& state) {
  std::vector<ConditionalJudge::Token> tokens;
  for (const auto& word : words) {
    const bool operation = word.parts.size() == 1 && word.parts[0].kind == shell::PartKind::operator_token;
    tokens.push_back({operation, expand_text(word, state), expand_pattern(word, state)});
  }
  return ConditionalJudge(files_, tokens, state).judge();
}

}  // namespace imgslim::entrypoint
