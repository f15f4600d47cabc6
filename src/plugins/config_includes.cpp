// Nearly every format of configuration files has a line that includes others, and nearly all say it with the same word:
// nginx and strongSwan "include", Apache "IncludeOptional", FreeRADIUS "$INCLUDE", MySQL "!includedir", syslog-ng
// "@include", dovecot "!include_try", HAProxy and BIND 'include "…"', rsyslog "$IncludeConfig". What follows is a path
// or a pattern. Kamailio's "#!include_file" and C's "#include" begin like comments: a "#" alone stays one.
#include "plugins/config_includes.h"

#include <algorithm>
#include <cctype>
#include <iterator>
#include <string>

namespace imgslim::plugins {
namespace {

constexpr std::size_t longest_line = 1'024;
constexpr std::string_view blanks = " \t\r";

std::string_view trimmed(std::string_view text, std::string_view characters) {
  const auto begin = text.find_first_not_of(characters);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(characters) - begin + 1);
}

bool is_include(std::string_view word) {
  constexpr std::string_view directives[] = {"include",      "includeoptional", "includeconfig", "includedir",
                                             "include_dir",  "include_file",    "include_try",   "includefile",
                                             "include-file", "include-dir"};
  std::string folded(word);
  for (auto& c : folded) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return std::find(std::begin(directives), std::end(directives), folded) != std::end(directives);
}

/// What a line includes, "" when it is no such line.
std::string_view included_by(std::string_view line) {
  for (const std::string_view mark : {"#!", "$", "@", "!", "."}) {
    if (!line.starts_with(mark)) continue;
    line.remove_prefix(mark.size());
    break;
  }
  const auto word = line.substr(0, line.find_first_of(" \t=:"));
  if (word.size() == line.size() || !is_include(word)) return {};
  auto path = trimmed(line.substr(word.size()), " \t=:\"'<");
  path = path.substr(0, path.find_first_of("\"'>; \t"));
  return path.find_first_of("$%{(") == std::string_view::npos ? path : std::string_view();
}

}  // namespace

std::vector<std::string_view> included_paths(std::string_view text) {
  std::vector<std::string_view> result;
  while (!text.empty()) {
    const auto whole = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), whole.size() + 1));
    const auto line = trimmed(whole, blanks);
    if (line.size() > longest_line) continue;
    if (const auto path = included_by(line); !path.empty()) result.push_back(path);
  }
  return result;
}

}  // namespace imgslim::plugins
