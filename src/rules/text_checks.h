#pragma once

#include "rules/checks.h"

/// Checks on how the file is written: comments, keywords, lines.
namespace imgslim::rules {

/// parse.problems: everything that the parser complains of.
void check_parse_problems(const Linter& linter);
/// comment.hadolint_ignore: `# hadolint ignore=` above instructions.
void check_hadolint_ignores(const Linter& linter);
/// comment.definition: a comment right above ARG or FROM … AS that does not begin with its name.
void check_definition_comments(const Linter& linter);
/// continuation.blank: empty lines within an instruction.
void check_blank_continuations(const Linter& linter);
/// keyword.casing: keywords in another case than most are; mixed ones always.
void check_keyword_casing(const Linter& linter);
/// pragma.reason: `# imgslim ignore=` without a reason.
void check_ignore_reasons(const Linter& linter);

}  // namespace imgslim::rules
