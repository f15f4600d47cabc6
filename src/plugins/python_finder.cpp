#include "plugins/python_finder.h"

#include <algorithm>

#include "core/path.h"

namespace imgslim::plugins {
namespace {

constexpr std::size_t longest_module_name = 512;  // also bounds the recursion over its parts
constexpr std::size_t most_directories = 256;

/// The place of "stem" + suffix in the order of importlib.machinery.all_suffixes(), nothing for other suffixes.
std::optional<int> rank_of(std::string_view suffix, std::string_view tag) {
  if (suffix == ".py") return 3;
  if (suffix == ".pyc") return 4;
  if (!suffix.ends_with(".so")) return std::nullopt;
  if (suffix == ".so") return 2;
  if (suffix == ".abi3.so") return 1;
  const auto middle = suffix.substr(1);
  const bool own =
      middle.starts_with(tag) && middle.size() > tag.size() && (middle[tag.size()] == '-' || middle[tag.size()] == '.');
  if (own) return 0;
  return std::nullopt;
}

}  // namespace

std::optional<rootfs::Found> PythonFinder::find_file(const std::string& directory, const std::string& stem) {
  std::optional<rootfs::Found> best;
  int best_rank = 5;
  for (const auto name : index_.names_from(directory, stem + ".")) {
    const auto rank = rank_of(name.substr(stem.size()), tag_);
    if (!rank || *rank >= best_rank) continue;
    if (auto file = index_.files().find(directory + "/" + std::string(name))) {
      best = std::move(file);
      best_rank = *rank;
    }
  }
  return best;
}

PythonModule PythonFinder::search(const std::vector<std::string>& directories, const std::string& leaf) {
  PythonModule portions;
  for (const auto& directory : directories) {
    const auto package = join_path(directory, leaf);
    const bool is_directory = index_.has(directory, leaf) && index_.files().is_directory(package);
    if (is_directory)
      if (auto file = find_file(package, "__init__")) return {std::move(file), {package}};
    if (auto file = find_file(directory, leaf)) return {std::move(file), {}};
    if (is_directory) portions.directories.push_back(package);
  }
  return portions;
}

void PythonFinder::add_front(const std::string& directory) {
  const auto canonical = index_.files().canonical(directory);
  if (!canonical || path_.size() >= most_directories) return;
  if (std::find(path_.begin(), path_.end(), *canonical) != path_.end()) return;
  path_.insert(path_.begin(), *canonical);
  std::erase_if(modules_, [](const auto& known) { return !known.second.found(); });
}

const PythonModule& PythonFinder::find(const std::string& name) {
  static const PythonModule nothing;
  if (name.empty() || name.size() > longest_module_name) return nothing;
  if (const auto known = modules_.find(name); known != modules_.end()) return known->second;
  const auto dot = name.rfind('.');
  PythonModule module;
  if (dot == std::string::npos) {
    module = search(path_, name);
  } else if (const auto& parent = find(name.substr(0, dot)); parent.is_package()) {
    module = search(parent.directories, name.substr(dot + 1));
  }
  return modules_.insert_or_assign(name, std::move(module)).first->second;
}

}  // namespace imgslim::plugins
