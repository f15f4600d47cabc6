// RUN bodies as flat lists of commands. The tree of src/shell is walked in the order of the text: a command first, then
// what is nested in its words (command and process substitutions), then the next. Compound commands contribute the
// simple commands in them. Words become text the way a reader sees them: quotes gone, globs kept, a variable as
// ${NAME} whatever the form of its expansion, and a command substitution as one placeholder, since rules look for
// characters such as "=" and "/" that must come from the word itself. A script of which any part is not understood has
// no facts at all: half of a script would make rules guess.
#include "rules/shell_facts.h"

#include <algorithm>

#include "shell/parse.h"

namespace imgslim::rules {
namespace {

using dockerfile::MappedText;
using dockerfile::Span;

void append_part(const shell::Part& part, Argument& out) {
  using shell::PartKind;
  switch (part.kind) {
    case PartKind::literal:
    case PartKind::escaped:
    case PartKind::single_quoted:
      out.text += part.text;
      return;
    case PartKind::dollar_quoted:
      out.text += shell::decode_dollar_quoted(part.text);
      return;
    case PartKind::double_quoted:
    case PartKind::translated:
      for (const auto& inner : part.parts) append_part(inner, out);
      return;
    case PartKind::parameter:
      out.text += "${" + part.text + "}";
      out.literal = false;
      return;
    default:
      out.text += computed_text;
      out.literal = false;
  }
}

Argument text_of(const shell::Word& word) {
  Argument out;
  for (const auto& part : word.parts) append_part(part, out);
  return out;
}

void add_flags(Command& command) {
  for (std::uint32_t at = 0; at < command.arguments.size(); ++at) {
    const std::string_view text = command.arguments[at].text;
    if (text == "-" || text == "--" || !text.starts_with('-')) continue;
    if (text.starts_with("--")) {
      command.flags.push_back({std::string(text.substr(2, text.find('=') - 2)), at});
    } else {
      for (const char letter : text.substr(1)) command.flags.push_back({std::string(1, letter), at});
    }
  }
}

/// Takes `command`, `exec`, `builtin` and `busybox` off: the name is that of the command behind them.
void look_through(Command& command) {
  constexpr std::string_view transparent[] = {"command", "builtin", "busybox", "exec"};
  if (std::find(std::begin(transparent), std::end(transparent), std::string_view(command.name)) ==
      std::end(transparent))
    return;
  if (command.arguments.empty() || command.arguments.front().text.starts_with('-')) return;
  if (!command.arguments.front().literal) return;
  command.name = command.arguments.front().text;
  command.arguments.erase(command.arguments.begin());
}

class Walker {
 public:
  Walker(Script& script, const MappedText& source, const shell::Parsed& parsed)
      : script_(script), source_(source), parsed_(parsed) {}

  void list(const shell::List& list, bool nested) {
    for (const auto& chain : list.chains) {
      Joined joined = &chain == &list.chains.front() ? Joined::first : Joined::then;
      for (const auto& pipeline : chain.pipelines) {
        if (pipeline.connector == shell::Connector::both) joined = Joined::both;
        if (pipeline.connector == shell::Connector::either) joined = Joined::either;
        this->pipeline(pipeline, joined, nested);
      }
    }
  }

 private:
  [[nodiscard]] Span place(shell::Span span) const {
    return source_.empty() ? Span{} : source_.source_span(span.begin, span.end);
  }

  void pipeline(const shell::Pipeline& pipeline, Joined joined, bool nested) {
    const auto number = ++pipelines_;
    if (pipeline.commands.size() > 1) {
      script_.pipes = true;
      script_.pipe_spans.push_back(place(pipeline.span));
    }
    for (const auto& command : pipeline.commands) {
      const bool first = &command == &pipeline.commands.front();
      this->command(command, first ? joined : Joined::pipe, {nested, number});
    }
  }

  struct Where {
    bool nested;
    std::uint32_t pipeline;
  };

  void command(const shell::Command& command, Joined joined, Where where) {
    if (command.kind == shell::CommandKind::simple) simple(command, joined, where);
    for (const auto& assignment : command.assignments) word(assignment.value);
    for (const auto& word : command.words) this->word(word);
    for (const auto& redirection : command.redirections) {
      word(redirection.target);
      if (redirection.here_document && *redirection.here_document < parsed_.here_documents.size())
        word(parsed_.here_documents[*redirection.here_document].body);
    }
    for (const auto& inner : command.lists) list(inner, command.kind != shell::CommandKind::group || where.nested);
    for (const auto& inner : command.body) this->command(inner, Joined::first, {true, ++pipelines_});
    for (const auto& item : command.cases) {
      for (const auto& pattern : item.patterns) word(pattern);
      list(item.body, true);
    }
  }

  void simple(const shell::Command& command, Joined joined, Where where) {
    if (command.words.empty()) return;
    const auto name = text_of(command.words.front());
    if (!name.literal) return;
    Command fact;
    fact.name = name.text;
    fact.joined = joined;
    fact.nested = where.nested;
    fact.pipeline = where.pipeline;
    fact.span = place(command.span);
    for (auto word = command.words.begin() + 1; word != command.words.end(); ++word) {
      fact.arguments.push_back(text_of(*word));
      fact.arguments.back().span = place(word->span);
    }
    for (const auto& assignment : command.assignments)
      fact.assignments.push_back(assignment.name + "=" + text_of(assignment.value).text);
    for (const auto& redirection : command.redirections)
      if (redirection.operation == ">" || redirection.operation == ">>")
        fact.outputs.push_back(text_of(redirection.target).text);
    look_through(fact);
    add_flags(fact);
    if (fact.name == "set" && !fact.nested) set_options(fact);
    script_.commands.push_back(std::move(fact));
  }

  void set_options(const Command& set) {
    for (const auto& flag : set.flags)
      if (flag.name != "o") script_.shell_options.push_back(flag.name);
    for (const auto* operand : set.operands()) script_.shell_options.push_back(operand->text);
  }

  void word(const shell::Word& word) {
    for (const auto& part : word.parts) this->part(part);
  }
  void part(const shell::Part& part) {
    for (const auto& inner : part.list) list(inner, true);
    for (const auto& inner : part.parts) this->part(inner);
    for (const auto& operand : part.operands) word(operand);
    for (const auto& subscript : part.subscript) word(subscript);
  }

  Script& script_;
  const MappedText& source_;
  const shell::Parsed& parsed_;
  std::uint32_t pipelines_ = 0;
};

Script parse_script(std::string_view text, const MappedText& source) {
  Script script;
  script.text = text;
  script.source = source;
  if (text.starts_with("#!")) {
    script.interpreter = text.substr(2, text.find('\n') - 2);
    script.interpreter.erase(0, script.interpreter.find_first_not_of(" \t"));
  }
  const auto parsed = shell::parse(text, shell::Dialect::bash);
  script.opaque = !parsed.opaque.empty();
  if (!script.opaque) Walker(script, source, parsed).list(parsed.list, false);
  return script;
}

/// Whether the arguments are nothing but the words that open here-documents.
bool only_heredocs(const dockerfile::Instruction& instruction) {
  if (instruction.heredocs.empty()) return false;
  std::size_t opening = 0;
  for (const auto& heredoc : instruction.heredocs) opening += heredoc.span.size();
  const auto& text = instruction.arguments.text();
  const auto letters = text.size() - static_cast<std::size_t>(std::count_if(
                                         text.begin(), text.end(), [](char c) { return c == ' ' || c == '\t'; }));
  return letters <= opening;
}

/// The command line with its here-documents behind it, as the shell reads them.
MappedText whole_script(const dockerfile::Instruction& instruction) {
  MappedText text = instruction.arguments;
  for (const auto& heredoc : instruction.heredocs) {
    text.append("\n", instruction.logical_span.end);
    text.append(heredoc.body.text(), heredoc.body_span.begin);
    text.append(heredoc.name, heredoc.terminator_span.begin);
  }
  return text;
}

std::string joined_words(const dockerfile::Instruction& instruction) {
  std::string text;
  for (const auto& word : instruction.words) text += (text.empty() ? "" : " ") + word.text;
  return text;
}

bool runs(dockerfile::Keyword keyword) {
  using dockerfile::Keyword;
  return keyword == Keyword::run || keyword == Keyword::cmd || keyword == Keyword::entrypoint ||
         keyword == Keyword::healthcheck;
}

/// HEALTHCHECK's own word is no part of its command.
MappedText command_line(const dockerfile::Instruction& instruction) {
  if (instruction.keyword != dockerfile::Keyword::healthcheck) return whole_script(instruction);
  if (instruction.words.empty()) return {};
  MappedText text;
  text.append(instruction.words.front().text, instruction.words.front().span.begin);
  return text;
}

}  // namespace

bool Command::has_flag(std::string_view flag) const {
  return std::any_of(flags.begin(), flags.end(), [&](const FlagUse& use) { return use.name == flag; });
}

bool Command::has_argument(std::string_view text) const {
  return std::any_of(arguments.begin(), arguments.end(),
                     [&](const Argument& argument) { return argument.text == text; });
}

std::vector<const Argument*> Command::operands() const {
  std::vector<const Argument*> operands;
  for (const auto& argument : arguments)
    if (argument.text == "-" || argument.text == "--" || !argument.text.starts_with('-')) operands.push_back(&argument);
  return operands;
}

std::vector<std::string> Command::values_of(std::string_view flag) const {
  std::vector<std::string> values;
  for (const auto& use : flags) {
    if (use.name != flag) continue;
    const auto& text = arguments[use.argument].text;
    if (const auto equals = text.find('='); text.starts_with("--") && equals != std::string::npos)
      values.push_back(text.substr(equals + 1));
    else if (use.argument + 1 < arguments.size())
      values.push_back(arguments[use.argument + 1].text);
  }
  return values;
}

Script read_script(const dockerfile::Instruction& instruction) {
  if (!runs(instruction.keyword)) return {};
  if (instruction.form == dockerfile::Form::json) {
    MappedText source;
    const auto text = joined_words(instruction);
    auto script = parse_script(text, source);
    for (auto& command : script.commands) command.span = instruction.logical_span;
    script.exec_form = true;
    return script;
  }
  if (only_heredocs(instruction)) {
    const auto& body = instruction.heredocs.front().body;
    auto script = parse_script(body.text(), body);
    script.heredoc = true;
    return script;
  }
  const auto source = command_line(instruction);
  return parse_script(source.text(), source);
}

Script read_script(std::string_view text) { return parse_script(text, {}); }

}  // namespace imgslim::rules
