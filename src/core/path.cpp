#include "core/path.h"

namespace imgslim {

CleanPath clean_path(std::string_view raw) {
  CleanPath clean;
  clean.text.reserve(raw.size());
  std::size_t begin = 0;
  while (begin <= raw.size()) {
    const auto end = std::min(raw.find('/', begin), raw.size());
    const auto component = raw.substr(begin, end - begin);
    begin = end + 1;
    if (component.empty() || component == ".") continue;
    if (component == "..") {
      if (clean.text.empty()) clean.escaped_root = true;
      clean.text.resize(parent_path(clean.text).size());
      continue;
    }
    if (!clean.text.empty()) clean.text += '/';
    clean.text += component;
  }
  return clean;
}

std::string_view parent_path(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

std::string_view base_name(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

std::string join_path(std::string_view directory, std::string_view name) {
  if (directory.empty()) return std::string(name);
  if (name.empty()) return std::string(directory);
  std::string joined(directory);
  joined += '/';
  joined += name;
  return joined;
}

CleanPath resolve_link(std::string_view link, std::string_view target) {
  if (target.starts_with('/')) return clean_path(target);
  return clean_path(join_path(parent_path(link), target));
}

bool is_within(std::string_view path, std::string_view directory) {
  if (directory.empty() || path == directory) return true;
  return path.size() > directory.size() && path.starts_with(directory) && path[directory.size()] == '/';
}

bool is_below_directory_named(std::string_view path, std::string_view name) {
  for (auto at = path.find(name); at != std::string_view::npos; at = path.find(name, at + 1)) {
    const auto end = at + name.size();
    if ((at == 0 || path[at - 1] == '/') && end < path.size() && path[end] == '/') return true;
  }
  return false;
}

}  // namespace imgslim
