// Markdown has two kinds of places. In prose a backslash takes the meaning from each mark, but not from what services
// do after Markdown: they look for "@name", "#1", "!1" and addresses in the text that is left, whatever escape it came
// from. A character reference of a zero-width space behind the sign ends such a name before it starts; our own text has
// it as seven ASCII characters, so that the source hides nothing. In code spans neither happens, which makes them the
// place for names from images; there only the backtick and, in tables, the bar mean something.
#include "report/escape_markup.h"

#include <algorithm>

#include "report/escape.h"

namespace imgslim::report {
namespace {

constexpr std::string_view nothing_wide = "&#8203;";

std::size_t longest_run(std::string_view text, char wanted) {
  std::size_t longest = 0, run = 0;
  for (const char c : text) {
    run = c == wanted ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  return longest;
}

/// Signs that the services take for the start of a reference.
bool starts_reference(char c) { return std::string_view("@#!~%$&^").find(c) != std::string_view::npos; }

bool is_mark(char c) { return std::string_view("\\`*_{}[]()<>#!|&~@$").find(c) != std::string_view::npos; }

bool starts_www(std::string_view text) {
  constexpr std::string_view www = "www.";
  return text.size() >= www.size() &&
         std::equal(www.begin(), www.end(), text.begin(), [](char a, char b) { return a == (b | 0x20); });
}

/// Tabs are fine in a block of code; the rest of the controls is not.
std::string escape_code_line(std::string_view line) {
  std::string out;
  while (true) {
    const auto tab = line.find('\t');
    out += escape_terminal(line.substr(0, tab));
    if (tab == std::string_view::npos) return out;
    out += '\t';
    line.remove_prefix(tab + 1);
  }
}

}  // namespace

std::string escape_xml(std::string_view text) {
  std::string out;
  for (const char c : escape_terminal(text)) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string escape_github(std::string_view text, CommandPart part) {
  std::string out;
  for (const char c : escape_terminal(text)) {
    if (c == '%')
      out += "%25";
    else if (c == ':' && part == CommandPart::property)
      out += "%3A";
    else if (c == ',' && part == CommandPart::property)
      out += "%2C";
    else
      out += c;
  }
  return out;
}

std::string escape_azure(std::string_view text, CommandPart part) {
  std::string out;
  for (const char c : escape_terminal(text)) {
    if (c == '%')
      out += "%AZP25";
    else if (c == ';' && part == CommandPart::property)
      out += "%3B";
    else if (c == ']' && part == CommandPart::property)
      out += "%5D";
    else
      out += c;
  }
  return out;
}

std::string escape_markdown(std::string_view text) {
  const auto shown = escape_terminal(text);
  std::string out;
  for (std::size_t i = 0; i < shown.size(); ++i) {
    const auto rest = std::string_view(shown).substr(i);
    if (is_mark(shown[i])) out += '\\';
    out += shown[i];
    if (starts_reference(shown[i]) || rest.starts_with("://")) out += nothing_wide;
    if (starts_www(rest)) {
      out.append(rest.substr(1, 2)).append(nothing_wide);
      i += 2;
    }
  }
  return out;
}

std::string markdown_code(std::string_view text) {
  auto shown = escape_terminal(text);
  if (shown.find_first_not_of(' ') == std::string::npos) return "`(empty)`";
  const std::string fence(longest_run(shown, '`') + 1, '`');
  std::string out;
  for (const char c : shown) out.append(c == '|' ? "\\|" : std::string(1, c));
  const bool pad = out.front() == '`' || out.back() == '`' || out.front() == ' ' || out.back() == ' ';
  return fence + (pad ? " " : "") + out + (pad ? " " : "") + fence;
}

std::string markdown_block(std::string_view language, std::string_view text) {
  const std::string fence(std::max<std::size_t>(longest_run(text, '`') + 1, 3), '`');
  std::string out = fence + std::string(language) + "\n";
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    out += escape_code_line(text.substr(0, end)) + "\n";
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out + fence + "\n";
}

}  // namespace imgslim::report
