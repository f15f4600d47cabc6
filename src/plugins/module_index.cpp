#include "plugins/module_index.h"

#include <algorithm>
#include <cctype>
#include <iterator>
#include <set>

#include "core/path.h"
#include "plugins/named_paths.h"

namespace imgslim::plugins {
namespace {

/// Modules of the C library, PAM and OpenSSL have rules of their own.
constexpr std::string_view other_rules[] = {"/gconv/", "/security/", "/ossl-modules/", "/engines-"};

bool is_module(const rootfs::FileSystem& files, rootfs::FileId file, std::string_view path) {
  const auto* facts = files.elf(file);
  if (facts == nullptr || facts->type != elf::FileType::shared) return false;
  const auto name = base_name(path);
  if (name.find(".so") == std::string_view::npos && !name.ends_with(".node")) return false;
  if (is_library_directory(parent_path(path))) return false;
  return std::none_of(std::begin(other_rules), std::end(other_rules),
                      [&](std::string_view part) { return path.find(part) != std::string_view::npos; });
}

/// "python3" of "python311_plugin" is a version shorter; affixes go first.
std::string short_name(std::string_view stem) {
  constexpr std::string_view prefixes[] = {"lib", "mod_", "plugin_", "plugin-"};
  constexpr std::string_view suffixes[] = {"_plugin", "-plugin", "_module", "_mod", "_backend", "backend"};
  for (const auto prefix : prefixes)
    if (stem.starts_with(prefix)) stem.remove_prefix(prefix.size());
  for (const auto suffix : suffixes)
    if (stem.ends_with(suffix)) stem.remove_suffix(suffix.size());
  while (!stem.empty() && std::isdigit(static_cast<unsigned char>(stem.back())) != 0) stem.remove_suffix(1);
  return std::string(stem);
}

/// What many modules of a directory begin with up to the first "_" or "-" ("rlm_", "m_"), or all of them ("libgst"): it
/// is not part of their names.
class SharedPrefixes {
 public:
  explicit SharedPrefixes(const std::vector<std::string>& paths) : all_(stem_of(paths.front())) {
    for (const auto& path : paths) {
      const auto stem = stem_of(path);
      const auto differs = std::mismatch(all_.begin(), all_.end(), stem.begin(), stem.end());
      all_ = all_.substr(0, static_cast<std::size_t>(differs.first - all_.begin()));
      ++counts_[until_separator(stem)];
    }
    if (paths.size() < fewest) all_ = {};
  }

  /// `stem` without the prefix, "" when it has none that is shared.
  [[nodiscard]] std::string_view without(std::string_view stem) const {
    const auto own = until_separator(stem);
    const auto shared = counts_.find(own);
    const bool many = !own.empty() && shared != counts_.end() && shared->second >= fewest;
    const auto length = many ? own.size() : all_.size();
    return length == 0 ? std::string_view() : stem.substr(length);
  }

 private:
  static constexpr std::size_t fewest = 5;
  static std::string_view stem_of(std::string_view path) { return module_stem(base_name(path)); }
  static std::string_view until_separator(std::string_view stem) {
    const auto separator = stem.find_first_of("_-");
    return separator == std::string_view::npos ? std::string_view() : stem.substr(0, separator + 1);
  }

  std::string_view all_;  // what all stems begin with
  std::map<std::string_view, std::size_t> counts_;
};

/// The digits that end a short name, which a longer version may continue.
std::string_view version_of(std::string_view name) {
  auto begin = name.size();
  while (begin > 0 && std::isdigit(static_cast<unsigned char>(name[begin - 1])) != 0) --begin;
  return name.substr(begin);
}

}  // namespace

std::string_view module_stem(std::string_view name) {
  if (const auto so = name.find(".so"); so != std::string_view::npos) return name.substr(0, so);
  for (const std::string_view suffix : {".la", ".c", ".node"})
    if (name.ends_with(suffix)) return name.substr(0, name.size() - suffix.size());
  return name;
}

ModuleIndex::ModuleIndex(const Context& context) : context_(context) {
  for (const auto file : context.files.elf_files()) {
    const auto path = context.files.path_of(file);
    if (!is_module(context.files, file, path)) continue;
    const auto stem = module_stem(base_name(path));
    by_stem_[std::string(stem)].push_back(path);
    by_short_name_[short_name(stem)].push_back(path);
    by_directory_[std::string(parent_path(path))].push_back(path);
  }
  for (const auto& [directory, paths] : by_directory_) {
    const SharedPrefixes prefixes(paths);
    for (const auto& path : paths) {
      const auto stem = module_stem(base_name(path));
      const std::string rest(prefixes.without(stem));
      if (rest.empty()) continue;
      std::set<std::string> names = {short_name(stem)};
      for (const auto& name : {rest, short_name(rest)})
        if (names.insert(name).second) by_short_name_[name].push_back(path);
    }
  }
}

void ModuleIndex::name_directory(const std::string& directory, const std::string& host) {
  const auto canonical = context_.files.canonical(directory);
  if (canonical && by_directory_.contains(*canonical)) named_.try_emplace(*canonical, host);
}

/// Those of the paths whose directory a mapped object names, the exactly named ones alone where there are some.
std::vector<ModuleMatch> ModuleIndex::hosted(const std::vector<std::string>& paths) const {
  std::vector<ModuleMatch> exact, below;
  if (context_.named == nullptr) return exact;
  const auto& objects = context_.map.objects();
  for (const auto& path : paths) {
    const auto directory = parent_path(path);
    if (const auto host = context_.named->exact(directory); host != linker::no_object) {
      exact.push_back({path, objects[host].file.path});
      continue;
    }
    if (const auto place = named_.find(directory); place != named_.end()) {
      exact.push_back({path, place->second});
      continue;
    }
    for (auto above = directory; depth_of(above) >= 2 && !is_library_directory(above); above = parent_path(above)) {
      const auto host = context_.named->within(above);
      if (host == linker::no_object) continue;
      below.push_back({path, objects[host].file.path});
      break;
    }
  }
  return exact.empty() ? below : exact;
}

/// A word with a slash: a path, or one relative to a directory that is named.
std::vector<ModuleMatch> ModuleIndex::find_path(std::string_view word) const {
  const auto take = [&](const std::string& path, const std::string& host) -> std::vector<ModuleMatch> {
    auto found = context_.files.find(path);
    if (!found) found = context_.files.find(path + ".so");  // "zsh/datetime"
    if (!found || !is_module(context_.files, found->file, found->path)) return {};
    return {{found->path, host}};
  };
  if (word.starts_with('/')) return take(std::string(word), "");
  if (context_.named == nullptr) return {};
  for (const auto& directory : context_.named->directories()) {
    auto found = take(directory.path + "/" + std::string(word), context_.map.objects()[directory.object].file.path);
    if (!found.empty()) return found;
  }
  return {};
}

std::vector<std::string> ModuleIndex::below_named(std::string_view name) const {
  std::vector<std::string> result;
  const auto component = "/" + std::string(name) + "/";
  for (const auto& [directory, paths] : by_directory_)
    if ((directory + "/").find(component) != std::string::npos) result.insert(result.end(), paths.begin(), paths.end());
  return result;
}

/// Symlinks to modules in the directories that are named: "back_mdb.so" of back_mdb-2.5.so.0.1.8.
std::vector<ModuleMatch> ModuleIndex::find_link(std::string_view name) const {
  if (context_.named == nullptr || module_stem(name).size() < 3) return {};
  const auto file = std::string(module_stem(name)) + ".so";
  for (const auto& directory : context_.named->directories()) {
    if (is_library_directory(directory.path)) continue;
    const auto found = context_.files.find(directory.path + "/" + file);
    if (found && is_module(context_.files, found->file, found->path))
      return {{found->path, context_.map.objects()[directory.object].file.path}};
  }
  return {};
}

std::vector<ModuleMatch> ModuleIndex::find(std::string_view word) const {
  if (word.find('/') != std::string_view::npos) {
    auto found = find_path(word);
    if (!found.empty() || word.starts_with('/')) return found;
    word = base_name(word);
  }
  const auto place = by_stem_.find(module_stem(word));
  return place == by_stem_.end() ? find_link(word) : hosted(place->second);
}

std::vector<ModuleMatch> ModuleIndex::find_short(std::string_view word) const {
  auto name = std::string(word);
  auto place = by_short_name_.find(name);
  if (place == by_short_name_.end()) place = by_short_name_.find(name = short_name(word));
  if (name.empty() || place == by_short_name_.end()) return {};
  std::vector<std::string> paths;
  for (const auto& path : place->second) {
    auto stem = module_stem(base_name(path));
    const auto at = stem.find(name);
    if (name == word || stem.substr(at + name.size()).starts_with(version_of(word))) paths.push_back(path);
  }
  return hosted(paths);
}

}  // namespace imgslim::plugins
