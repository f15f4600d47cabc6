// glibc's dynamic linker has its system directories compiled in as one array of characters: absolute paths, each with a
// trailing "/" and a NUL behind it, one after the other (elf/dl-load.c, system_dirs). No table leads to it, but nothing
// else in the program looks alike.
#include "elf/system_directories.h"

#include <algorithm>

namespace imgslim::elf {
namespace {

bool is_path_character(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' || c == '.' ||
         c == '+' || c == '-';
}

/// "/a/b/": absolute, no empty component, a trailing slash.
bool is_directory_string(std::string_view text) {
  if (text.size() < 3 || text.front() != '/' || text.back() != '/') return false;
  return std::all_of(text.begin(), text.end(), [](char c) { return c == '/' || is_path_character(c); }) &&
         text.find("//") == std::string_view::npos;
}

using Run = std::vector<std::string_view>;

bool is_better(const Run& run, const Run& best) {
  const bool names_lib = std::any_of(run.begin(), run.end(),
                                     [](std::string_view text) { return text.find("lib") != std::string_view::npos; });
  return run.size() >= 2 && run.size() > best.size() && names_lib;
}

Run longest_run(std::string_view data) {
  Run best, run;
  // A string starts behind a NUL; one more at the end closes the last run.
  for (std::size_t at = 0; at <= data.size();) {
    const auto end = std::min(data.find('\0', at), data.size());
    const auto text = data.substr(at, end - at);
    if (is_directory_string(text)) {
      run.push_back(text);
    } else {
      if (is_better(run, best)) best = run;
      run.clear();
    }
    at = end + 1;
  }
  return is_better(run, best) ? run : best;
}

}  // namespace

bool is_dynamic_linker(const ElfFacts& facts) {
  const std::string_view name = facts.soname;
  return name.starts_with("ld-linux") || name.starts_with("ld.so") || name.starts_with("ld64.so");
}

std::vector<std::string> find_system_directories(const LoadedImage& image) {
  std::uint64_t left = 4u << 20;  // the linker has 300 KB in all
  Run best;
  for (const auto& segment : image.constant_segments()) {
    const auto data = image.bytes_up_to(segment.address, std::min(segment.file_bytes, left));
    left -= data.size();
    if (auto run = longest_run(data.text()); is_better(run, best)) best = std::move(run);
  }
  std::vector<std::string> directories;
  for (const auto text : best) directories.emplace_back(text.substr(0, text.size() - 1));
  return directories;
}

}  // namespace imgslim::elf
