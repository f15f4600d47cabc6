#pragma once

#include <string_view>

#include "shell/ast.h"

namespace imgslim::shell {

/// How deep commands and expansions may nest; what is deeper is opaque.
inline constexpr unsigned deepest_nesting = 100;

/// Parses a script. Never fails: a top-level command that cannot be parsed becomes one of kind opaque, up to the end of
/// the line in which the problem is, and parsing goes on behind it. Linear in the text. Texts of 4 GiB and more are
/// opaque.
[[nodiscard]] Parsed parse(std::string_view text, Dialect dialect);

/// What $'…' stands for (bash manual, ANSI-C Quoting).
[[nodiscard]] std::string decode_dollar_quoted(std::string_view text);

/// The word's text when it has no expansions: quotes removed, globs as they are; nothing else.
[[nodiscard]] std::optional<std::string> constant_text(const Word& word);

}  // namespace imgslim::shell
