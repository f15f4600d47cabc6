#include "plugins/named_paths.h"

#include <algorithm>
#include <iterator>

#include "core/path.h"

namespace imgslim::plugins {

std::size_t depth_of(std::string_view path) {
  return static_cast<std::size_t>(std::count(path.begin(), path.end(), '/'));
}

bool is_library_directory(std::string_view directory) {
  constexpr std::string_view plain[] = {"/lib",           "/lib64",           "/lib32",      "/libx32",
                                        "/usr/lib",       "/usr/lib64",       "/usr/lib32",  "/usr/libx32",
                                        "/usr/local/lib", "/usr/local/lib64", "/usr/libexec"};
  if (std::find(std::begin(plain), std::end(plain), directory) != std::end(plain)) return true;
  const auto name = base_name(directory);
  const bool triplet =
      name.find("-linux-gnu") != std::string_view::npos || name.find("-linux-musl") != std::string_view::npos;
  const auto parent = parent_path(directory);
  return triplet && std::find(std::begin(plain), std::end(plain), parent) != std::end(plain);
}

/// Objects are known by canonical paths, so a first component that is a symlink ("/lib" of a merged /usr) is resolved.
std::string NamedPaths::normalized(const rootfs::FileSystem& files, std::string_view path) {
  std::string result;
  while (!path.empty()) {
    while (!path.empty() && path.front() == '/') path.remove_prefix(1);
    const auto component = path.substr(0, path.find('/'));
    path.remove_prefix(component.size());
    if (component.empty() || component == ".") continue;
    result.append("/").append(component);
    if (result.size() != component.size() + 1) continue;
    auto place = first_components_.find(result);
    if (place == first_components_.end())
      place = first_components_.emplace(result, files.canonical(result).value_or(result)).first;
    result = place->second == "/" ? "" : place->second;
  }
  return result;
}

void NamedPaths::add(const rootfs::FileSystem& files, linker::ObjectIndex object,
                     const std::vector<std::string>& strings) {
  for (const auto& string : strings) {
    auto path = normalized(files, string);
    if (depth_of(path) < 2 || !exact_.try_emplace(path, object).second) continue;
    for (std::string_view above = path; depth_of(above) >= 2; above = parent_path(above))
      if (!within_.try_emplace(std::string(above), object).second) break;
    if (files.is_directory(path))
      directories_.push_back({std::move(path), object});
    else if (files.find(path))
      files_.push_back({std::move(path), object});
  }
}

linker::ObjectIndex NamedPaths::within(std::string_view path) const {
  const auto found = within_.find(std::string(path));
  return found == within_.end() ? linker::no_object : found->second;
}

linker::ObjectIndex NamedPaths::exact(std::string_view path) const {
  const auto found = exact_.find(std::string(path));
  return found == exact_.end() ? linker::no_object : found->second;
}

}  // namespace imgslim::plugins
