/// Simple commands of scripts: assignments, builtins, functions, programs.
#include <algorithm>
#include <array>
#include <charconv>

#include "entrypoint/executable.h"
#include "entrypoint/glob.h"
#include "entrypoint/script_runner.h"
#include "shell/parse.h"
#include "shell/pattern.h"

namespace imgslim::entrypoint {

using shell::Value;

namespace {

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

/// Whether standard output goes elsewhere.
bool redirects_output(const shell::Command& command) {
  return std::any_of(command.redirections.begin(), command.redirections.end(), [](const shell::Redirection& r) {
    return r.operation.find('>') != std::string::npos && (r.descriptor.empty() || r.descriptor == "1");
  });
}

Verdict status_of(const Value& word) {
  if (!word.known) return {};
  return {word.text == "0" ? Truth::yes : Truth::no, true};
}

std::size_t count_of(const std::vector<Value>& words) {
  std::size_t count = 1;
  if (words.size() > 1) {
    const auto& text = words[1].text;
    if (std::from_chars(text.data(), text.data() + text.size(), count).ec != std::errc()) count = 0;
  }
  return count;
}

}  // namespace

Value ScriptRunner::expand_text(const shell::Word& word, State& state) {
  const shell::Substitution substitution = [&](const shell::List& list) { return output_of(list, state); };
  return shell::Evaluator(state.scope, substitution).text(word);
}

Value ScriptRunner::expand_pattern(const shell::Word& word, State& state) {
  const shell::Substitution substitution = [&](const shell::List& list) { return output_of(list, state); };
  return shell::Evaluator(state.scope, substitution).pattern(word);
}

/// The fields of words, globs replaced by the paths of the image that they match.
std::vector<Value> ScriptRunner::expand(const std::vector<shell::Word>& words, State& state) {
  const shell::Substitution substitution = [&](const shell::List& list) { return output_of(list, state); };
  shell::Evaluator evaluator(state.scope, substitution);
  std::vector<Value> fields;
  constexpr std::size_t most_fields = 2'000;
  for (const auto& word : words) {
    for (auto& field : evaluator.fields(word, shell::Evaluator::Globs::keep_patterns)) {
      if (fields.size() >= most_fields) return fields;
      const auto paths = field.known && shell::is_pattern(field.text) ? expand_glob(files_, state.directory, field.text)
                                                                      : std::vector<std::string>();
      for (const auto& path : paths) fields.push_back({path, true, true, false});
      if (!paths.empty()) continue;
      field.text = shell::unescape_pattern(field.text);
      fields.push_back(std::move(field));
    }
  }
  return fields;
}

void ScriptRunner::assign(const shell::Assignment& assignment, State& state) {
  auto& variables = state.scope.variables;
  const auto& parts = assignment.value.parts;
  if (parts.size() == 1 && parts[0].kind == shell::PartKind::array) {
    auto elements = expand(parts[0].operands, state);
    auto& variable = variables[assignment.name];
    if (!assignment.append) variable.values.clear();
    variable.array = true;
    variable.values.insert(variable.values.end(), elements.begin(), elements.end());
    return;
  }
  auto value = expand_text(assignment.value, state);
  if (!assignment.subscript.empty()) {  // which element is not followed
    auto& variable = variables[assignment.name];
    variable.array = true;
    variable.values.push_back(std::move(value));
    return;
  }
  if (assignment.append) {
    auto longer = state.scope.get(assignment.name);
    longer.append(value);
    value = std::move(longer);
  }
  state.scope.set(assignment.name, std::move(value));
}

States ScriptRunner::run_simple(const shell::Command& command, State state) {
  auto words = expand(command.words, state);
  std::erase_if(words, [&](const Value& word) { return word.list && &word != words.data(); });
  if (!words.empty()) return run_named(command, std::move(words), std::move(state));
  for (const auto& assignment : command.assignments) assign(assignment, state);
  state.verdict = {Truth::yes, true};
  state.last.clear();
  return {std::move(state)};
}

namespace {

/// Programs that shells have built in as well: by that name alone no file is executed.
bool is_builtin_utility(std::string_view name) {
  return is_one_of(name, {"echo", "printf", "pwd", "kill", "type", "command", "builtin", "hash", "history", "help"});
}

/// "exec /usr/bin/java …": what is executed is known, though not all of its arguments.
bool is_known_exec(std::string_view text) {
  constexpr std::string_view command = "exec ";
  if (!text.starts_with(command)) return false;
  text.remove_prefix(command.size());
  text = text.substr(std::min(text.find_first_not_of(' '), text.size()));
  return !text.empty() && text.substr(0, text.find(' ')).find(shell::unknown_text) == std::string_view::npos;
}

}  // namespace

States ScriptRunner::run_named(const shell::Command& command, std::vector<Value> words, State state) {
  if (!words.front().known) {
    state.verdict = {};
    state.last.clear();
    if (state.output && !redirects_output(command)) state.output = Value::unknown();
    return {std::move(state)};
  }
  const auto function = functions_.find(words.front().text);
  if (function != functions_.end()) {
    for (const auto& assignment : command.assignments) assign(assignment, state);
    return run_function(*function->second, words, std::move(state));
  }
  if (auto states = run_builtin(command, words, state)) return std::move(*states);
  const auto answer = answer_of({files_, shell_, setting_.machine, state}, words);
  if (state.output && !redirects_output(command)) state.output->append(answer ? answer->output : Value::unknown());
  state.verdict = answer ? answer->verdict : Verdict{};
  state.last.clear();
  if (!is_builtin_utility(words.front().text)) execute(command, words, state, false);
  return {std::move(state)};
}

States ScriptRunner::run_function(const shell::Command& function, const std::vector<Value>& words, State state) {
  constexpr auto most_recursions = 4;
  if (depth_ >= deepest || !step() || std::count(calls_.begin(), calls_.end(), &function) >= most_recursions)
    return {std::move(state)};
  calls_.push_back(&function);
  const auto arguments = std::move(state.scope.arguments);
  state.scope.arguments.assign(words.begin() + 1, words.end());
  ++depth_;
  auto states = run_command(function, state);
  --depth_;
  calls_.pop_back();
  for (auto& after : states) {
    after.scope.arguments = arguments;
    if (after.flow == Flow::returned) after.flow = Flow::normal;
  }
  return states;
}

/// ". file": found in PATH, or from the directory when the name has a slash (bash also without).
States ScriptRunner::source(const std::vector<Value>& words, State state) {
  state.verdict = {};
  if (words.size() < 2 || !words[1].known) return {std::move(state)};
  Command lookup = shell_;
  lookup.caller = Caller::shell;
  lookup.working_directory = state.directory;
  std::string path = absolute(state.directory, words[1].text);
  auto found = files_.find(path);
  if (words[1].text.find('/') == std::string::npos) {
    auto directories = state.scope.get("PATH").text;
    for (std::size_t begin = 0; begin < directories.size() && !found;) {
      const auto end = std::min(directories.find(':', begin), directories.size());
      found = files_.find(absolute(directories.substr(begin, end - begin), words[1].text));
      begin = end + 1;
    }
  }
  const auto text = found ? files_.text(found->file) : std::nullopt;
  if (!text) return {std::move(state)};
  const auto same = [&](const rootfs::Found& other) { return other.file == found->file; };
  if (std::none_of(sourced_.begin(), sourced_.end(), same)) sourced_.push_back(*found);
  const auto arguments = state.scope.arguments;
  if (words.size() > 2) state.scope.arguments.assign(words.begin() + 2, words.end());
  state.verdict = {Truth::yes, false};
  auto states = run_text(*text, state);
  for (auto& after : states) {
    if (words.size() > 2) after.scope.arguments = arguments;
    if (after.flow == Flow::returned) after.flow = Flow::normal;
  }
  return states;
}

States ScriptRunner::run_exec(const shell::Command& command, std::vector<Value> words, State state) {
  words.erase(words.begin());
  while (!words.empty() && words.front().text.size() > 1 && words.front().text[0] == '-') {  // bash: -c -l -a NAME --
    const bool named = words.front().text == "-a";
    words.erase(words.begin(),
                words.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(named ? 2 : 1, words.size())));
  }
  state.verdict = {Truth::yes, true};
  if (words.empty()) return {std::move(state)};
  execute(command, words, state, true);
  state.last.clear();
  state.flow = Flow::replaced;
  return {std::move(state)};
}

/// The environment and arguments of a program that the state executes here.
void ScriptRunner::execute(const shell::Command& command, const std::vector<Value>& words, State& state, bool exec) {
  if (!words.front().known || words.front().text.empty()) return;
  std::vector<std::string> argv;
  for (const auto& word : words)
    if (!word.list) argv.push_back(word.text);
  Executed executed;
  executed.command = child_of(shell_, std::move(argv), exec ? "script exec" : "script command", path_);
  executed.command.working_directory = state.directory;
  executed.command.caller = Caller::shell;
  executed.command.scripts.clear();
  auto with_prefix = state;
  for (const auto& assignment : command.assignments) {
    assign(assignment, with_prefix);
    with_prefix.scope.variables[assignment.name].exported = true;
  }
  executed.command.environment = exported(with_prefix.scope);
  executed.exec = exec;
  executed.replaces_shell = exec && subshells_ == 0;
  executed.background = background_ > 0;
  executed.named_by_variable = !command.words.empty() && !command.words[0].parts.empty() &&
                               (command.words[0].parts[0].kind == shell::PartKind::parameter ||
                                (!command.words[0].parts[0].parts.empty() &&
                                 command.words[0].parts[0].parts[0].kind == shell::PartKind::parameter));
  executed.all_arguments = shell::mentions_all_arguments(command.words);
  executed.odds = state.odds;
  add_executed(std::move(executed), state);
}

void ScriptRunner::add_executed(Executed executed, State& state) {
  const auto same = [&](const Executed& other) {
    return other.command.argv == executed.command.argv && other.exec == executed.exec &&
           other.replaces_shell == executed.replaces_shell && other.background == executed.background &&
           other.command.working_directory == executed.command.working_directory &&
           other.command.environment == executed.command.environment;
  };
  auto found = std::find_if(executed_.begin(), executed_.end(), same);
  if (found == executed_.end()) {
    if (executed_.size() >= most_executed) return;
    found = executed_.insert(executed_.end(), std::move(executed));
  } else {
    found->odds = std::min(found->odds, executed.odds);
    found->all_arguments = found->all_arguments || executed.all_arguments;
  }
  if (background_ == 0) state.last = {static_cast<std::size_t>(found - executed_.begin())};
}

namespace {

/// NAME or NAME=value arguments of export, local and their like.
void declare(const std::vector<Value>& words, State& state) {
  const bool exports = words[0].text == "export";
  for (std::size_t i = 1; i < words.size(); ++i) {
    const auto& word = words[i];
    if (word.text.starts_with('-')) continue;
    const auto equals = word.text.find('=');
    const auto name = word.text.substr(0, equals);
    if (equals != std::string::npos) {
      auto value = word;
      value.text.erase(0, equals + 1);
      value.known = value.text.find(shell::unknown_text) == std::string::npos;
      state.scope.set(name, std::move(value));
    } else if (words[0].text == "local") {
      state.scope.set(name, {"", true, true, false});
    }
    if (exports && equals == std::string::npos && !state.scope.variables.contains(name)) continue;
    if (exports) state.scope.variables[name].exported = true;
  }
}

/// set [options] [--] [arguments].
void set_arguments(const std::vector<Value>& words, State& state) {
  std::size_t at = 1;
  bool replaces = false;
  for (; at < words.size(); ++at) {
    const auto& text = words[at].text;
    if (text == "--" || text == "-") {
      replaces = true;
      ++at;
      break;
    }
    if (text.size() < 2 || (text[0] != '-' && text[0] != '+')) break;
    if (text == "-o" || text == "+o" || text.ends_with('o')) ++at;
  }
  if (replaces || at < words.size())
    state.scope.arguments.assign(words.begin() + static_cast<std::ptrdiff_t>(std::min(at, words.size())), words.end());
}

void change_directory(const std::vector<Value>& words, State& state) {
  auto target = words.size() > 1 ? words.back() : state.scope.get("HOME");
  if (!target.known || target.text == "-") return;
  state.directory = absolute(state.directory, target.text);
  state.scope.set("PWD", {state.directory, true, false, false});
}

/// getopts: false for sure where the next argument is no option.
Verdict next_option(const std::vector<Value>& words, State& state) {
  if (words.size() > 2) state.scope.set(words[2].text, Value::unknown());
  state.scope.set("OPTARG", Value::unknown());
  const auto& arguments = state.scope.arguments;
  const bool none = arguments.empty() || (arguments[0].known && !arguments[0].text.starts_with('-'));
  if (none) return {Truth::no, true};
  state.scope.set("OPTIND", Value::unknown());
  return {};
}

/// exit and return: how the script goes on.
Flow leave(const std::vector<Value>& words, State& state) {
  if (words.size() > 1) state.verdict = status_of(words[1]);
  if (words.front().text == "return") return Flow::returned;
  const bool fails = words.size() > 1 && state.verdict.truth == Truth::no;
  if (fails) state.last.clear();
  return fails ? Flow::failed : Flow::ended;
}

}  // namespace

/// Runs a builtin; nothing for other commands.
std::optional<States> ScriptRunner::run_builtin(const shell::Command& command, const std::vector<Value>& words,
                                                State& state) {
  const auto& name = words.front().text;
  const auto done = [&](Verdict verdict) {
    state.verdict = verdict;
    state.last.clear();
    return States{state};
  };
  const auto flow = [&](Flow next) {
    state.flow = next;
    return States{state};
  };
  const Verdict yes{Truth::yes, true};
  if (is_one_of(name, {"exec", "command", "builtin"}) && words.size() > 1) {
    if (name == "exec") return run_exec(command, words, state);
    if (words[1].text.starts_with('-')) return std::nullopt;  // command -v
    return run_named(command, {words.begin() + 1, words.end()}, state);
  }
  if (name == "." || name == "source") return source(words, state);
  if (name == "eval") {
    Value text;
    for (std::size_t i = 1; i < words.size(); ++i) text.append({words[i].text + " ", words[i].known, false, false});
    return text.known || is_known_exec(text.text) ? run_text(text.text, state) : done({});
  }
  if (name == "exit" || name == "return") return flow(leave(words, state));
  if (name == "break") return flow(Flow::left_loop);
  if (name == "continue") return flow(Flow::next_round);
  if (name == ":" || name == "true") return done(yes);
  if (name == "false") return done({Truth::no, true});
  if (name == "[" || name == "test") {
    std::vector<Value> operands(words.begin() + 1, words.end());
    if (name == "[" && !operands.empty()) operands.pop_back();
    return done(judge_test(files_, operands, state));
  }
  if (is_one_of(name, {"export", "local", "readonly", "declare", "typeset"})) return declare(words, state), done(yes);
  if (name == "set") return set_arguments(words, state), done(yes);
  if (name == "cd" || name == "pushd") return change_directory(words, state), done({Truth::yes, false});
  if (name == "shift") {
    auto& arguments = state.scope.arguments;
    const auto count = std::min(count_of(words), arguments.size());
    arguments.erase(arguments.begin(), arguments.begin() + static_cast<std::ptrdiff_t>(count));
    return done(yes);
  }
  if (name == "unset") {
    for (const auto& word : words) state.scope.variables.erase(word.text);
    return done(yes);
  }
  if (is_one_of(name, {"read", "mapfile", "readarray"})) {
    for (std::size_t i = 1; i < words.size(); ++i)
      if (!words[i].text.starts_with('-')) state.scope.set(words[i].text, Value::unknown());
    return done({});
  }
  if (name == "getopts") return done(next_option(words, state));
  if (is_one_of(name,
                {"trap", "wait", "umask",  "ulimit", "alias", "unalias",  "shopt",  "popd",   "let",  "times", "jobs",
                 "fg",   "bg",   "disown", "enable", "bind",  "complete", "caller", "logout", "exec", "hash"}))
    return done(yes);
  return std::nullopt;
}

}  // namespace imgslim::entrypoint
