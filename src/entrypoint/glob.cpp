#include "entrypoint/glob.h"

#include "entrypoint/command.h"
#include "shell/pattern.h"

namespace imgslim::entrypoint {
namespace {

constexpr std::size_t most_matches = 1'000;
constexpr std::size_t most_names = 100'000;  ///< compared with a pattern

}  // namespace

std::vector<std::string> expand_glob(const rootfs::FileSystem& files, std::string_view directory,
                                     std::string_view pattern) {
  std::vector<std::string> paths = {pattern.starts_with('/') ? "/" : ""};
  std::size_t compared = 0;
  while (!pattern.empty()) {
    const auto slash = pattern.find('/');
    const auto component = pattern.substr(0, slash);
    pattern.remove_prefix(slash == std::string_view::npos ? pattern.size() : slash + 1);
    if (component.empty()) continue;
    std::vector<std::string> longer;
    for (const auto& path : paths) {
      const auto prefix = path.empty() || path.ends_with('/') ? path : path + "/";
      if (!shell::is_pattern(component)) {
        longer.push_back(prefix + shell::unescape_pattern(component));
        continue;
      }
      for (const auto& name : files.list(absolute(directory, prefix.empty() ? "." : prefix))) {
        if (++compared > most_names || longer.size() >= most_matches) break;
        const bool hidden = name.starts_with('.') && !component.starts_with('.');
        if (!hidden && shell::matches(component, name)) longer.push_back(prefix + name);
      }
    }
    paths = std::move(longer);
  }
  std::erase_if(paths, [&](const std::string& path) { return !files.canonical(absolute(directory, path)); });
  return paths;
}

}  // namespace imgslim::entrypoint
