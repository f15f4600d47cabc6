#include "plugins/config_blocks.h"

#include <algorithm>
#include <cctype>
#include <iterator>
#include <string>

namespace imgslim::plugins {
namespace {

constexpr std::size_t most_conditions = 32;
constexpr std::string_view blanks = " \t";

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(blanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (auto& c : result) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return result;
}

/// The word that a line begins with, and what follows it.
struct Split {
  std::string_view word, rest;
};
Split split(std::string_view line) {
  const auto end = std::min(line.find_first_of(blanks), line.size());
  return {line.substr(0, end), trimmed(line.substr(end))};
}

/// "ifdef" of "#!ifdef X" and ".ifdef X"; "" of lines that are none. A "#" alone begins comments, in which "if" and
/// "else" are words of prose.
std::string_view directive_of(std::string_view line) {
  constexpr std::string_view unmistakable[] = {"ifdef", "ifndef", "endif"};
  constexpr std::string_view others[] = {"if", "ifexp", "ifexists", "elif", "elifdef", "else", "define"};
  const bool marked = line.starts_with("#!") || line.starts_with('.');
  if (!marked && !line.starts_with('#')) return {};
  const auto word = split(line.substr(line.starts_with("#!") ? 2 : 1)).word;
  if (std::find(std::begin(unmistakable), std::end(unmistakable), word) != std::end(unmistakable)) return word;
  return marked && std::find(std::begin(others), std::end(others), word) != std::end(others) ? word
                                                                                             : std::string_view();
}

}  // namespace

void ConfigBlocks::open(Condition condition) {
  if (conditions_.size() < most_conditions && depth_ == conditions_.size()) conditions_.push_back(condition);
  ++depth_;
}

void ConfigBlocks::turn() {
  if (depth_ > 0 && depth_ == conditions_.size()) conditions_.back().negated = !conditions_.back().negated;
}

void ConfigBlocks::close() {
  if (depth_ == 0) return;
  --depth_;
  if (conditions_.size() > depth_) conditions_.resize(depth_);
}

bool ConfigBlocks::take_element(std::string_view line) {
  const auto name = lower(line.substr(1, std::min(line.find_first_of(" \t>"), line.size()) - 1));
  if (name == "/ifmodule" || name == "/ifdefine") {
    close();
    return true;
  }
  if (name != "ifmodule" && name != "ifdefine") return false;
  auto subject = trimmed(line.substr(name.size() + 1));
  subject = trimmed(subject.substr(0, subject.find('>')));
  const bool negated = subject.starts_with('!');
  if (negated) subject = trimmed(subject.substr(1));
  open({name == "ifdefine" ? Condition::Kind::define : Condition::Kind::module, subject, negated});
  return true;
}

bool ConfigBlocks::take_directive(std::string_view line) {
  const auto directive = directive_of(line);
  if (directive.empty()) return false;
  const auto argument = split(split(line).rest).word;
  if (directive == "ifdef" || directive == "ifndef") {
    open({Condition::Kind::define, argument, directive == "ifndef"});
  } else if (directive == "ifexists") {
    open({Condition::Kind::exists, argument, false});
  } else if (directive == "if" || directive == "ifexp") {
    open({Condition::Kind::unknown, {}, false});
  } else if (directive == "else") {
    turn();
  } else if (directive == "define") {
    if (depth_ == 0) defined_.push_back(argument);
  } else {
    close();
    if (directive != "endif") open({Condition::Kind::unknown, {}, false});
  }
  return true;
}

bool ConfigBlocks::take(std::string_view line) {
  return line.starts_with('<') ? take_element(line) : take_directive(line);
}

}  // namespace imgslim::plugins
