#include "rules/text_checks.h"

#include <algorithm>

#include "rules/suppression.h"

namespace imgslim::rules {
namespace {

using dockerfile::Instruction;
using dockerfile::Keyword;

/// The instruction that a place belongs to: the last that begins at or before it.
std::uint32_t instruction_at(const dockerfile::File& file, std::uint32_t offset) {
  std::uint32_t at = 0;
  while (at + 1 < file.instructions.size() && file.instructions[at + 1].span.begin <= offset) ++at;
  return at;
}

enum class Case { upper, lower, mixed };

Case case_of(std::string_view word) {
  const bool upper = std::any_of(word.begin(), word.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
  const bool lower = std::any_of(word.begin(), word.end(), [](char c) { return c >= 'a' && c <= 'z'; });
  return upper && lower ? Case::mixed : lower ? Case::lower : Case::upper;
}

/// Names that a comment above may begin with; none where no description is looked for.
std::vector<std::string> described_names(const Instruction& instruction) {
  std::vector<std::string> names;
  if (const auto* pairs = instruction.as<dockerfile::KeyValues>(); pairs && instruction.keyword == Keyword::arg)
    for (const auto& pair : pairs->pairs) names.push_back(pair.key.text);
  if (const auto* from = instruction.as<dockerfile::From>(); from && from->alias) names.push_back(from->alias->text);
  return names;
}

}  // namespace

void check_parse_problems(const Linter& linter) {
  const auto& file = *linter.facts.file;
  for (const auto& problem : file.problems) {
    if (problem.kind == dockerfile::ProblemKind::long_line || problem.kind == dockerfile::ProblemKind::no_instructions)
      continue;
    linter.report({instruction_at(file, problem.span.begin), problem.span, problem.message, file.instructions.empty()});
  }
}

void check_hadolint_ignores(const Linter& linter) {
  const auto& file = *linter.facts.file;
  for (const auto& comment : file.comments) {
    const auto ignore = read_hadolint_ignore(comment.text);
    if (ignore && ignore->reach == Pragma::Reach::instruction && !comment.inside_instruction)
      linter.report({instruction_at(file, comment.span.begin), comment.span, {}, true});
  }
}

void check_definition_comments(const Linter& linter) {
  const auto& file = *linter.facts.file;
  for (const auto& step : linter.facts.plain.steps) {
    const auto names = described_names(*step.instruction);
    const auto comments = step.instruction->comments;
    if (names.empty() || comments.empty()) continue;
    const auto& last = file.comments[comments.end - 1];
    if (last.line + 1 != step.instruction->start_line) continue;
    const auto first_word = last.text.substr(0, last.text.find(' '));
    if (std::find(names.begin(), names.end(), first_word) == names.end()) linter.at(step, last.span);
  }
}

void check_blank_continuations(const Linter& linter) {
  for (const auto& step : linter.facts.plain.steps)
    if (!step.instruction->blank_lines.empty()) linter.at(step, step.instruction->blank_lines.front());
}

void check_keyword_casing(const Linter& linter) {
  std::size_t upper = 0, lower = 0;
  const auto& steps = linter.facts.plain.steps;
  for (const auto& step : steps) {
    if (!step.stage) continue;
    const auto form = case_of(step.instruction->name.text);
    upper += form == Case::upper;
    lower += form == Case::lower;
  }
  const auto wanted = lower > upper ? Case::lower : Case::upper;
  for (const auto& step : steps) {
    const auto& name = step.instruction->name;
    if (step.stage && case_of(name.text) != wanted)
      linter.at(step, name.span,
                "keyword " + name.text + " should be in " + (wanted == Case::lower ? "lower" : "upper") +
                    " case, as most of this file's are");
  }
}

void check_ignore_reasons(const Linter& linter) {
  const auto& file = *linter.facts.file;
  for (const auto& pragma : read_suppression(linter.facts, linter.options).pragmas) {
    if (pragma.tool != Pragma::Tool::imgslim || !pragma.reason.empty()) continue;
    const auto span = file.comments[pragma.comment].span;
    linter.report({instruction_at(file, span.begin), span, {}, true});
  }
}

}  // namespace imgslim::rules
