#include "linker/cache_check.h"

#include <algorithm>
#include <set>

#include "core/path.h"
#include "linker/cache.h"

namespace imgslim::linker {
namespace {

/// Names that ldconfig indexes (sysdeps/generic/dl-is_dso.h).
bool is_library_name(std::string_view name) {
  return (name.starts_with("lib") && name.find(".so") != std::string_view::npos) ||
         (name.starts_with("ld-") && name.find(".so") != std::string_view::npos) || name.starts_with("ld.so.") ||
         name.starts_with("ld64.so.");
}

std::set<std::string> system_directories(const rootfs::FileSystem& files) {
  std::set<std::string> directories;
  for (const auto file : files.elf_files()) {
    for (const auto& directory : files.elf(file)->system_directories)
      if (auto canonical = files.canonical(directory)) directories.insert(std::move(*canonical));
  }
  return directories;
}

/// Canonical paths of the libraries in a directory under names that the cache does not have.
std::vector<std::string> uncovered_libraries(const rootfs::FileSystem& files, const std::string& directory,
                                             const std::optional<Cache>& cache) {
  std::set<std::string> paths;
  const auto has = [&](std::string_view name) {
    if (!cache) return false;
    const auto& entries = cache->entries();
    const auto by_name = [](const CacheEntry& entry, std::string_view wanted) { return entry.name < wanted; };
    const auto place = std::lower_bound(entries.begin(), entries.end(), name, by_name);
    return place != entries.end() && place->name == name;
  };
  for (const auto& name : files.list(directory)) {
    if (!is_library_name(name)) continue;
    const auto found = files.find(join_path(directory, name));
    const auto* facts = found ? files.elf(found->file) : nullptr;
    if (facts == nullptr || facts->type != elf::FileType::shared || !facts->dynamic) continue;
    if (!has(facts->soname.empty() ? base_name(found->path) : std::string_view(facts->soname)))
      paths.insert(found->path);
  }
  return {paths.begin(), paths.end()};
}

}  // namespace

CacheReport check_cache(const rootfs::FileSystem& files) {
  CacheReport report;
  std::optional<Cache> cache;
  if (const auto text = files.text_at("/etc/ld.so.cache")) {
    cache = Cache::read(*text, ByteOrder::little);
    if (!cache) cache = Cache::read(*text, ByteOrder::big);
  }
  report.has_cache = cache.has_value();
  if (cache) {
    for (const auto& entry : cache->entries())
      if (!files.find(entry.path)) report.stale.push_back({std::string(entry.name), std::string(entry.path)});
  }
  const auto system = system_directories(files);
  for (const auto& directory : read_conf(files)) {
    const auto canonical = files.canonical(directory.path);
    if (!canonical || system.contains(*canonical)) continue;
    auto libraries = uncovered_libraries(files, *canonical, cache);
    if (!libraries.empty()) report.uncovered.push_back({directory, std::move(libraries)});
  }
  return report;
}

}  // namespace imgslim::linker
