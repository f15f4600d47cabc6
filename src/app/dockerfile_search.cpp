#include "app/dockerfile_search.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

#include "rules/context.h"

namespace imgslim::app {
namespace {

namespace fs = std::filesystem;

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; });
  return text;
}

bool is_dockerfile_name(const std::string& name) {
  if (name.ends_with(".dockerignore")) return false;
  const auto known = lower(name);
  return known == "dockerfile" || known == "containerfile" || known.starts_with("dockerfile.") ||
         known.starts_with("containerfile.") || known.ends_with(".dockerfile") || known.ends_with(".containerfile");
}

/// Files below a directory, sorted, hidden directories and node_modules left out.
std::vector<std::string> files_below(const fs::path& directory) {
  std::vector<std::string> files;
  std::error_code error;
  const auto options = fs::directory_options::skip_permission_denied;
  for (auto at = fs::recursive_directory_iterator(directory, options, error); at != fs::end(at); at.increment(error)) {
    if (error) break;
    const auto name = at->path().filename().string();
    if (at->is_directory(error)) {
      if (name == "node_modules" || name.starts_with('.')) at.disable_recursion_pending();
    } else if (at->is_regular_file(error)) {
      files.push_back(at->path().lexically_normal().string());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

bool is_pattern(std::string_view argument) { return argument.find_first_of("*?[") != std::string_view::npos; }

std::vector<std::string> matching(const std::string& pattern) {
  const auto plain = pattern.substr(0, pattern.find_first_of("*?["));
  const auto slash = plain.rfind('/');
  const fs::path root = slash == std::string::npos ? fs::path(".") : fs::path(plain.substr(0, slash + 1));
  std::vector<std::string> found;
  for (auto& file : files_below(root))
    if (rules::path_matches(pattern, file)) found.push_back(std::move(file));
  return found;
}

Result<std::vector<std::string>> files_of(const std::string& argument) {
  std::error_code error;
  if (argument == "-") return std::vector<std::string>{argument};
  if (fs::is_directory(argument, error)) {
    std::vector<std::string> found;
    for (auto& file : files_below(argument))
      if (is_dockerfile_name(fs::path(file).filename().string())) found.push_back(std::move(file));
    if (found.empty()) return input_error("no Dockerfile in " + argument);
    return found;
  }
  if (fs::exists(argument, error)) return std::vector<std::string>{argument};
  if (!is_pattern(argument)) return environment_error("cannot read " + argument);
  auto found = matching(argument);
  if (found.empty()) return input_error("nothing matches " + argument);
  return found;
}

Result<std::vector<std::string>> default_file() {
  for (const char* name : {"Dockerfile", "Containerfile", "dockerfile"}) {
    std::error_code error;
    if (fs::is_regular_file(name, error)) return std::vector<std::string>{name};
  }
  return input_error("no Dockerfile here: name one, or a directory to search");
}

Result<std::string> read_text(const std::string& file) {
  constexpr std::size_t most_bytes = 64u << 20;
  std::string text;
  if (file == "-") {
    text.assign(std::istreambuf_iterator<char>(std::cin), {});
  } else {
    std::ifstream stream(file, std::ios::binary);
    if (!stream) return environment_error("cannot read " + file);
    text.assign(std::istreambuf_iterator<char>(stream), {});
  }
  if (text.size() > most_bytes) return limit_error(file + " is larger than 64 MiB: no Dockerfile is");
  return text;
}

void read_context(LintSource& source, const fs::path& context, const std::string& file) {
  source.has_context = true;
  std::error_code error;
  const std::vector<fs::path> candidates{fs::path(file + ".dockerignore"), context / ".dockerignore"};
  for (const auto& candidate : candidates) {
    if (source.ignore_file || !fs::is_regular_file(candidate, error)) continue;
    if (auto text = read_text(candidate.string())) source.ignore_file = std::move(*text);
  }
  for (auto at = fs::directory_iterator(context, error); !error && at != fs::end(at); at.increment(error))
    source.context_files.push_back(at->path().filename().string());
  std::sort(source.context_files.begin(), source.context_files.end());
}

}  // namespace

Result<std::vector<std::string>> find_dockerfiles(const std::vector<std::string>& arguments) {
  if (arguments.empty()) return default_file();
  std::vector<std::string> files;
  for (const auto& argument : arguments) {
    IMGSLIM_TRY(auto some, files_of(argument));
    for (auto& file : some)
      if (std::find(files.begin(), files.end(), file) == files.end()) files.push_back(std::move(file));
  }
  return files;
}

Result<LintSource> read_dockerfile(const std::string& file, const std::string& context) {
  LintSource source;
  source.path = file;
  IMGSLIM_TRY(source.text, read_text(file));
  if (!context.empty())
    read_context(source, context, file);
  else if (file != "-")
    read_context(source, fs::path(file).has_parent_path() ? fs::path(file).parent_path() : fs::path("."), file);
  return source;
}

}  // namespace imgslim::app
