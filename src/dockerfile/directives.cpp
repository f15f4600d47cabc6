// Parser directives: `# name=value` in the first lines, where name is syntax, escape or check in any case of letters.
// Any other line, blank ones too, ends them. A first line "#!…" is passed over for syntax and check, which BuildKit
// looks for before it parses, but not for escape. For frontends of other languages BuildKit also takes `//
// syntax=value`.
#include "dockerfile/directives.h"

#include <algorithm>

#include "dockerfile/blanks.h"

namespace imgslim::dockerfile {
namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// \s of a regular expression in Go.
std::size_t skip_spaces(std::string_view text, std::size_t at) {
  while (at < text.size() && (is_separator(text[at]) && text[at] != '\v')) ++at;
  return at;
}

std::optional<Directive> directive_on(const File& file, std::uint32_t number, std::string_view mark) {
  const auto line = file.lines.line(number);
  const auto text = trim_left(file.text(line));
  if (!text.starts_with(mark)) return std::nullopt;
  const auto begin = line.end - static_cast<std::uint32_t>(text.size());
  const auto name_begin = skip_spaces(text, mark.size());
  auto at = name_begin;
  if (at == text.size() || !is_letter(text[at])) return std::nullopt;
  while (at < text.size() && (is_letter(text[at]) || is_digit(text[at]))) ++at;
  Directive directive;
  directive.name = to_lower(text.substr(name_begin, at - name_begin));
  at = skip_spaces(text, at);
  if (at == text.size() || text[at] != '=') return std::nullopt;
  at = skip_spaces(text, at + 1);
  const auto value = trim(text.substr(at));
  if (value.empty()) return std::nullopt;
  directive.value = value;
  directive.line = number;
  directive.span = {begin, line.end};
  const auto value_begin = begin + static_cast<std::uint32_t>(value.data() - text.data());
  directive.value_span = {value_begin, value_begin + static_cast<std::uint32_t>(value.size())};
  return directive;
}

bool is_known(std::string_view name) { return name == "syntax" || name == "escape" || name == "check"; }

void apply_escape(File& file, const Directive& directive) {
  if (directive.value == "`" || directive.value == "\\") {
    file.escape = directive.value[0];
    return;
  }
  file.problems.push_back({ProblemKind::bad_directive,
                           "escape character \"" + excerpt(directive.value) + "\": only \\ and ` can be chosen",
                           directive.value_span});
}

/// Whether the line was a directive.
bool take(File& file, Directive directive) {
  const bool repeated = std::any_of(file.directives.begin(), file.directives.end(),
                                    [&](const Directive& earlier) { return earlier.name == directive.name; });
  if (repeated) {
    file.problems.push_back(
        {ProblemKind::bad_directive, "directive \"" + directive.name + "\" is given twice", directive.span});
    return true;
  }
  if (directive.name == "escape") apply_escape(file, directive);
  file.directives.push_back(std::move(directive));
  return true;
}

}  // namespace

std::uint32_t read_directives(File& file) {
  const bool interpreted = file.text(file.lines.line(1)).starts_with("#!");
  std::uint32_t number = interpreted ? 2 : 1;
  for (; number <= file.lines.count(); ++number) {
    auto directive = directive_on(file, number, "#");
    if (!directive) {
      directive = directive_on(file, number, "//");
      if (directive && directive->name != "syntax") directive.reset();
    }
    if (!directive || !is_known(directive->name)) break;
    if (interpreted && directive->name == "escape") break;
    take(file, std::move(*directive));
  }
  return interpreted && number == 2 ? 1 : number;
}

}  // namespace imgslim::dockerfile
