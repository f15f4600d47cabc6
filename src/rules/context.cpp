// .dockerignore patterns are Go's filepath.Match with "**" for any number of directories. Each becomes a RE2 expression
// that also matches whatever lies below.
#include "rules/context.h"

#include <re2/re2.h>

namespace imgslim::rules {
namespace {

std::string_view trim(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
  return text.substr(0, text.find_last_not_of(blanks) + 1);
}

/// "./a//b/" is "a/b".
std::string clean(std::string_view path) {
  std::string out;
  while (!path.empty()) {
    const auto name = path.substr(0, path.find('/'));
    path.remove_prefix(std::min(name.size() + 1, path.size()));
    if (name.empty() || name == ".") continue;
    if (!out.empty()) out += '/';
    out += name;
  }
  return out;
}

std::string expression_of(std::string_view pattern) {
  std::string out;
  for (std::size_t at = 0; at < pattern.size(); ++at) {
    const char c = pattern[at];
    if (pattern.substr(at, 3) == "**/") {
      out += "(.*/)?";
      at += 2;
    } else if (pattern.substr(at, 2) == "**") {
      out += ".*";
      ++at;
    } else if (c == '*') {
      out += "[^/]*";
    } else if (c == '?') {
      out += "[^/]";
    } else if (c == '[' && pattern.find(']', at) != std::string_view::npos) {
      const auto end = pattern.find(']', at);
      out += pattern.substr(at, end - at + 1);
      at = end;
    } else {
      if (c == '\\' && at + 1 < pattern.size()) ++at;
      const char literal = pattern[at];
      out += re2::RE2::QuoteMeta(re2::StringPiece(&literal, 1));
    }
  }
  return out + "(/.*)?";
}

}  // namespace

std::vector<std::string> read_ignore_file(std::string_view text) {
  std::vector<std::string> patterns;
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  while (!text.empty()) {
    const auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    const auto pattern = trim(line);
    if (!pattern.empty() && !pattern.starts_with('#')) patterns.emplace_back(pattern);
  }
  return patterns;
}

bool path_matches(std::string_view pattern, std::string_view path) {
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(1 << 20);
  const re2::RE2 expression(expression_of(clean(pattern)), options);
  return expression.ok() && re2::RE2::FullMatch(clean(path), expression);
}

void add_context(Facts& facts, const LintSource& source) {
  facts.has_context = source.has_context;
  if (!source.has_context) return;
  facts.context_files = source.context_files;
  facts.ignore_file.emplace();
  if (!source.ignore_file) return;
  facts.ignore_file->exists = true;
  facts.ignore_file->patterns = read_ignore_file(*source.ignore_file);
}

}  // namespace imgslim::rules
