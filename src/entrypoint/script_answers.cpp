/// Programs whose output follows from what is known, so that `$(dirname "$0")` and `[ "$(id -u)" = 0 ]` are no riddles.
#include <algorithm>

#include "entrypoint/environment.h"
#include "entrypoint/executable.h"
#include "entrypoint/script_state.h"
#include "entrypoint/text_filters.h"

namespace imgslim::entrypoint {

using shell::Value;

namespace {

Answer known(std::string text) { return {{std::move(text) + "\n", true, false, false}, {Truth::yes, true}}; }
Answer from_file(std::string text) { return {{std::move(text), true, true, false}, {Truth::yes, false}}; }

/// The arguments that are no options.
std::vector<Value> operands_of(const std::vector<Value>& words) {
  std::vector<Value> operands;
  for (std::size_t i = 1; i < words.size(); ++i)
    if (words[i].text.size() < 2 || words[i].text[0] != '-') operands.push_back(words[i]);
  return operands;
}

bool has_option(const std::vector<Value>& words, std::string_view option) {
  return std::any_of(words.begin() + 1, words.end(), [&](const Value& word) { return word.text == option; });
}

std::optional<Answer> answer_echo(const std::vector<Value>& words) {
  Answer answer{{}, {Truth::yes, true}};
  const bool plain = words.size() > 1 && words[1].text == "-n";
  for (std::size_t i = plain ? 2 : 1; i < words.size(); ++i) {
    if (i > (plain ? 2u : 1u)) answer.output.append({" ", true, false, false});
    answer.output.append(words[i]);
  }
  if (!plain) answer.output.append({"\n", true, false, false});
  return answer;
}

/// printf with no other conversion than one %s.
std::optional<Answer> answer_printf(const std::vector<Value>& words) {
  Answer answer{Value::unknown(), {Truth::yes, true}};
  if (words.size() == 3 && words[1].known && (words[1].text == "%s" || words[1].text == "%s\\n"))
    answer.output = words[2];
  return answer;
}

std::string directory_name(std::string path) {
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  const auto slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

std::optional<Answer> answer_path(const Question& question, const std::string& name, const std::vector<Value>& words) {
  const auto operands = operands_of(words);
  if (operands.empty() || !operands[0].known) return std::nullopt;
  const auto& path = operands[0].text;
  if (name == "dirname") return known(directory_name(path));
  if (name == "basename") {
    auto base = std::string(last_component(path));
    const bool cut = operands.size() > 1 && base.ends_with(operands[1].text) && base != operands[1].text;
    if (cut) base.resize(base.size() - operands[1].text.size());
    return known(base);
  }
  const auto full = absolute(question.state.directory, path);
  if (name == "readlink" && !has_option(words, "-f") && !has_option(words, "-e") && !has_option(words, "-m")) {
    const auto target = question.files.link_target(full);
    return target ? std::optional(from_file(*target + "\n")) : std::nullopt;
  }
  return from_file(question.files.canonical(full).value_or(full) + "\n");
}

std::optional<Answer> answer_id(const Question& question, const std::string& name, const std::vector<Value>& words) {
  const auto account = find_account(question.files, question.shell.user.empty() ? "0" : question.shell.user);
  const bool root = question.shell.user.empty();
  if (name == "whoami" || has_option(words, "-un"))
    return account || root ? std::optional(known(account ? account->name : "root")) : std::nullopt;
  if (has_option(words, "-u")) {
    if (root) return known("0");
    if (account) return known(account->uid);
    const bool number = question.shell.user.find_first_not_of("0123456789") == std::string::npos;
    return number ? std::optional(known(question.shell.user)) : std::nullopt;
  }
  if (has_option(words, "-g") && (account || root)) return known(account ? account->gid : "0");
  return std::nullopt;
}

/// Debian's name of a machine.
std::string_view debian_architecture(std::string_view machine) {
  constexpr std::string_view names[][2] = {{"x86_64", "amd64"},   {"aarch64", "arm64"},   {"i686", "i386"},
                                           {"armv7l", "armhf"},   {"ppc64le", "ppc64el"}, {"s390x", "s390x"},
                                           {"riscv64", "riscv64"}};
  for (const auto& name : names)
    if (name[0] == machine) return name[1];
  return "";
}

std::optional<Answer> answer_machine(const Question& question, const std::string& name,
                                     const std::vector<Value>& words) {
  if (name == "uname" && (words.size() == 1 || has_option(words, "-s"))) return known("Linux");
  if (question.machine.empty()) return std::nullopt;
  if (name == "arch" || (name == "uname" && (has_option(words, "-m") || has_option(words, "-p"))))
    return known(question.machine);
  if (name == "dpkg" && has_option(words, "--print-architecture"))
    return known(std::string(debian_architecture(question.machine)));
  return std::nullopt;
}

/// Looks a command up: command -v, which, type, hash.
std::optional<Answer> answer_lookup(const Question& question, const std::vector<Value>& words) {
  const auto operands = operands_of(words);
  if (operands.size() != 1 || !operands[0].known || operands[0].text.empty()) return std::nullopt;
  Command lookup = question.shell;
  lookup.caller = Caller::shell;
  lookup.environment = exported(question.state.scope);
  lookup.working_directory = question.state.directory;
  const auto path = search_program(question.files, operands[0].text, lookup);
  const auto* found = std::get_if<std::string>(&path);
  if (found == nullptr || !question.files.find(*found)) return Answer{{"", true, true, false}, {Truth::no, false}};
  return from_file(*found + "\n");
}

/// `ls -l LINK`, from which old scripts cut the target; the other columns are of no use to anybody.
std::optional<Answer> answer_listing(const Question& question, const std::vector<Value>& words) {
  const auto operands = operands_of(words);
  const bool is_long = has_option(words, "-l") || has_option(words, "-ld") || has_option(words, "-dl");
  if (operands.size() != 1 || !operands[0].known || !is_long) return std::nullopt;
  const auto target = question.files.link_target(absolute(question.state.directory, operands[0].text));
  if (!target) return std::nullopt;
  return from_file("lrwxrwxrwx 1 root root 0 Jan  1  1970 " + operands[0].text + " -> " + *target + "\n");
}

std::optional<Answer> answer_cat(const Question& question, const std::vector<Value>& words) {
  if (words.size() == 1 && question.state.input) return Answer{*question.state.input, {Truth::yes, true}};
  if (words.size() != 2 || !words[1].known) return std::nullopt;
  const auto text = question.files.text_at(absolute(question.state.directory, words[1].text));
  if (!text || text->size() > shell::longest_value) return std::nullopt;
  return from_file(std::string(*text));
}

}  // namespace

std::optional<Answer> answer_of(const Question& question, const std::vector<Value>& words) {
  const std::string name(last_component(words.front().text));
  if (name == "echo") return answer_echo(words);
  if (name == "printf") return answer_printf(words);
  if (name == "pwd") return known(question.state.directory);
  if (name == "dirname" || name == "basename" || name == "readlink" || name == "realpath")
    return answer_path(question, name, words);
  if (name == "id" || name == "whoami") return answer_id(question, name, words);
  if (name == "uname" || name == "arch" || name == "dpkg") return answer_machine(question, name, words);
  if (name == "command" || name == "which" || name == "type") return answer_lookup(question, words);
  if (name == "cat") return answer_cat(question, words);
  if (name == "ls") return answer_listing(question, words);
  return answer_filter(question, words);
}

}  // namespace imgslim::entrypoint
