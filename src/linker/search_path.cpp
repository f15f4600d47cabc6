#include "linker/search_path.h"

#include <algorithm>

#include "core/path.h"

namespace imgslim::linker {
namespace {

constexpr std::size_t largest_path_bytes = 4096;

bool continues_identifier(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

/// How many bytes of `text` (behind a "$") are the token `name`, with its braces; 0 when it is another.
std::size_t token_length(std::string_view text, std::string_view name) {
  const bool braces = text.starts_with('{');
  if (braces) text.remove_prefix(1);
  if (!text.starts_with(name)) return 0;
  const char next = text.size() > name.size() ? text[name.size()] : '\0';
  if (braces) return next == '}' ? name.size() + 2 : 0;
  return continues_identifier(next) ? 0 : name.size();
}

bool is_trusted(std::string_view path, const std::vector<std::string>& directories) {
  const auto clean = clean_path(path).text;
  return std::any_of(directories.begin(), directories.end(),
                     [&](const std::string& directory) { return is_within(clean, clean_path(directory).text); });
}

/// One result for one platform ("" when the processor has none).
std::optional<std::string> expand(std::string_view text, const Tokens& tokens, const std::string& platform) {
  std::string result;
  bool has_origin = false;
  for (std::size_t at = 0; at < text.size();) {
    if (result.size() > largest_path_bytes) return std::nullopt;
    if (text[at] != '$') {
      result += text[at++];
      continue;
    }
    const auto rest = text.substr(at + 1);
    std::size_t length = 0;
    if ((length = token_length(rest, "ORIGIN")) != 0) {
      const bool whole_first = at == 0 && (rest.size() == length || rest[length] == '/');
      if (tokens.origin.empty() || (tokens.secure && !whole_first)) return std::nullopt;
      result += tokens.origin;
      has_origin = true;
    } else if ((length = token_length(rest, "PLATFORM")) != 0) {
      if (platform.empty()) return std::nullopt;
      result += platform;
    } else if ((length = token_length(rest, "LIB")) != 0) {
      result += tokens.library;
    } else {
      result += '$';
    }
    at += 1 + length;
  }
  if (has_origin && tokens.secure && tokens.trusted != nullptr && !is_trusted(result, *tokens.trusted))
    return std::nullopt;
  return result;
}

}  // namespace

std::vector<std::string_view> split_list(std::string_view text, std::string_view separators) {
  std::vector<std::string_view> parts;
  if (text.empty()) return parts;
  for (;;) {
    const auto end = text.find_first_of(separators);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

std::vector<std::string_view> split_words(std::string_view text, std::string_view separators) {
  auto words = split_list(text, separators);
  words.erase(std::remove(words.begin(), words.end(), std::string_view()), words.end());
  return words;
}

std::string absolute(std::string_view directory, std::string_view path) {
  if (path.starts_with('/')) return std::string(path);
  auto joined = std::string(directory);
  if (!joined.ends_with('/')) joined += '/';
  return joined += path;
}

std::string directory_of(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == 0 || slash == std::string_view::npos ? "/" : std::string(path.substr(0, slash));
}

std::vector<std::string> expand_tokens(std::string_view text, const Tokens& tokens) {
  std::vector<std::string> results;
  if (text.find('$') == std::string_view::npos) return {std::string(text)};
  auto platforms = tokens.platforms;
  if (platforms.empty()) platforms.emplace_back();
  for (const auto& platform : platforms) {
    auto result = expand(text, tokens, platform);
    if (result && std::find(results.begin(), results.end(), *result) == results.end())
      results.push_back(std::move(*result));
  }
  return results;
}

std::optional<std::string> expand_origin_of_musl(std::string_view text, std::string_view origin) {
  std::string result;
  for (;;) {
    const auto dollar = text.find('$');
    result += text.substr(0, dollar);
    if (dollar == std::string_view::npos) return result;
    text.remove_prefix(dollar);
    if (text.starts_with("$ORIGIN")) {
      text.remove_prefix(7);
    } else if (text.starts_with("${ORIGIN}")) {
      text.remove_prefix(9);
    } else {
      return std::nullopt;
    }
    result += origin;
    if (result.size() > 16 * largest_path_bytes) return std::nullopt;
  }
}

}  // namespace imgslim::linker
