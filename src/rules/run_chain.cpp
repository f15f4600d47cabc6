// A chain is taken apart by spans, so that everything else keeps its layout. Whether a script is one is decided by what
// stands between its commands: blanks, continued lines, and one && or ; each. Anything else, and the script is none.
#include "rules/run_chain.h"

#include <algorithm>
#include <array>
#include <string>

namespace imgslim::rules {
namespace {

using dockerfile::File;
using dockerfile::Form;
using dockerfile::Instruction;
using dockerfile::Span;

bool is_plain_run(const Instruction& instruction) {
  return instruction.keyword == dockerfile::Keyword::run && instruction.form == Form::text &&
         instruction.heredocs.empty() && instruction.onbuild.empty() && instruction.words.size() == 1;
}

/// Whether a command behind `&&` would be run as part of the script.
bool can_be_continued(const Script& script) {
  if (script.opaque || script.exec_form || script.heredoc || script.commands.empty()) return false;
  const std::string_view text = script.text;
  const auto last = text.find_last_not_of(" \t\n");
  if (last == std::string_view::npos || std::string_view(";&|\\").find(text[last]) != std::string_view::npos)
    return false;
  // What looks like a comment may be one.
  return !text.starts_with('#') && text.find(" #") == std::string_view::npos &&
         text.find("\t#") == std::string_view::npos;
}

std::string_view line_end(const dockerfile::File& file, std::uint32_t line) {
  const auto end = file.lines.line(line).end;
  return file.source.substr(end).starts_with("\r\n") ? "\r\n" : "\n";
}

/// What stands between the last command and the new one, and before the new one.
std::string joint(const dockerfile::File& file, const dockerfile::Instruction& instruction) {
  if (instruction.logical_end_line == instruction.start_line) return " && ";
  const auto last = file.text(file.lines.line(instruction.logical_end_line));
  const auto indent = last.substr(0, std::min(last.find_first_not_of(" \t"), last.size()));
  const auto end = std::string(line_end(file, instruction.start_line)) + std::string(indent);
  const bool leads = last.substr(indent.size()).starts_with("&&") || last.substr(indent.size()).starts_with(";");
  return leads ? std::string(" ") + file.escape + end + "&& " : std::string(" && ") + file.escape + end;
}

/// A text of the file without blanks and continued lines.
std::string bare(const File& file, Span span) {
  std::string text(file.text(span));
  std::erase_if(text, [&](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == file.escape; });
  return text;
}

/// Whether what stands before the command is what its `joined` says and nothing more.
bool is_joined_simply(const File& file, Span gap, const Command& command) {
  const auto text = bare(file, gap);
  if (command.joined == Joined::first) return text.empty();
  return (command.joined == Joined::both && text == "&&") || (command.joined == Joined::then && text == ";");
}

/// Commands behind which the same shell is in another state.
bool changes_shell(const Command& command) {
  constexpr std::array names{".",     "alias", "cd",    "eval",   "exec", "exit",   "export", "popd",
                             "pushd", "set",   "shopt", "source", "trap", "ulimit", "umask",  "unset"};
  return std::find(names.begin(), names.end(), command.name) != names.end();
}

/// Where the command's last word ends: blanks behind it belong to its span.
std::uint32_t end_of(const File& file, const Command& command) {
  const auto text = file.text(command.span);
  return command.span.begin + static_cast<std::uint32_t>(text.find_last_not_of(" \t") + 1);
}

std::vector<std::string_view> flags_of(const File& file, const Instruction& instruction) {
  std::vector<std::string_view> flags;
  for (const auto& flag : instruction.flags) flags.push_back(file.text(flag.span));
  return flags;
}

/// The edit that makes a RUN go on with the next one's script.
std::optional<FindingEdit> join_with_next(const File& file, const Instruction& first, const Instruction& next) {
  const Span gap{first.logical_span.end, next.words.front().span.begin};
  const Span lines{gap.begin, next.name.span.begin};
  if (!bare(file, lines).empty() || flags_of(file, first) != flags_of(file, next)) return std::nullopt;
  auto between = joint(file, first);
  if (between == " && ")
    between = std::string(" ") + file.escape + std::string(line_end(file, first.start_line)) + " && ";
  return FindingEdit{gap.begin, gap.end, between};
}

}  // namespace

std::optional<Chain> chain_of(const Facts& facts, const Step& step) {
  const auto& file = *facts.file;
  const auto& script = step.script;
  if (!is_plain_run(*step.instruction) || script.opaque || script.exec_form || script.pipes || script.commands.empty())
    return std::nullopt;
  Chain chain{&step, {}};
  auto at = step.instruction->words.front().span.begin;
  for (const auto& command : script.commands) {
    if (command.nested || command.span.begin < at) return std::nullopt;
    if (!is_joined_simply(file, {at, command.span.begin}, command)) return std::nullopt;
    at = command.span.end;
    chain.commands.push_back(&command);
  }
  if (at > step.instruction->logical_span.end) return std::nullopt;
  return bare(file, {at, step.instruction->logical_span.end}).empty() ? std::optional(chain) : std::nullopt;
}

FindingEdit without_instruction(const Facts& facts, const Step& step) {
  const auto& lines = facts.file->lines;
  const auto begin = lines.line(step.instruction->start_line).begin;
  const auto end = step.instruction->end_line < lines.count() ? lines.line(step.instruction->end_line + 1).begin
                                                              : static_cast<std::uint32_t>(facts.file->source.size());
  return {begin, end, ""};
}

std::vector<FindingEdit> without_commands(const Facts& facts, const Chain& chain, const std::vector<bool>& marked) {
  const auto last_kept = std::find(marked.rbegin(), marked.rend(), false);
  if (last_kept == marked.rend()) return {without_instruction(facts, *chain.step)};
  const auto kept = static_cast<std::size_t>(marked.rend() - last_kept) - 1;
  std::vector<FindingEdit> edits;
  for (std::size_t at = 0; at < kept; ++at) {
    if (!marked[at]) continue;
    const auto next = std::find(marked.begin() + static_cast<std::ptrdiff_t>(at), marked.end(), false) - marked.begin();
    edits.push_back({chain.commands[at]->span.begin, chain.commands[static_cast<std::size_t>(next)]->span.begin, ""});
    at = static_cast<std::size_t>(next);
  }
  if (kept + 1 < marked.size())
    edits.push_back({end_of(*facts.file, *chain.commands[kept]), chain.commands.back()->span.end, ""});
  return edits;
}

std::optional<FindingEdit> append_to_run(const Facts& facts, const Step& step, std::string_view text) {
  const auto& instruction = *step.instruction;
  if (!is_plain_run(instruction) || !can_be_continued(step.script)) return std::nullopt;
  const auto end = instruction.logical_span.end;
  return FindingEdit{end, end, joint(*facts.file, instruction) + std::string(text)};
}

std::optional<std::vector<FindingEdit>> join_runs(const Facts& facts, const Step& first, const Step& last) {
  const auto& instructions = facts.file->instructions;
  std::vector<FindingEdit> edits;
  for (auto at = first.index; at <= last.index; ++at) {
    const auto chain = chain_of(facts, facts.plain.steps[at]);
    if (!chain) return std::nullopt;
    const auto& commands = chain->commands;
    if (at < last.index && std::any_of(commands.begin(), commands.end(), [](auto* c) { return changes_shell(*c); }))
      return std::nullopt;
    if (at == first.index) continue;
    // Behind a failure, what follows a ; would be run all the same.
    if (std::any_of(commands.begin(), commands.end(), [](auto* c) { return c->joined == Joined::then; }))
      return std::nullopt;
    auto edit = join_with_next(*facts.file, instructions[at - 1], instructions[at]);
    if (!edit) return std::nullopt;
    edits.push_back(std::move(*edit));
  }
  return edits.empty() ? std::nullopt : std::optional(std::move(edits));
}

}  // namespace imgslim::rules
