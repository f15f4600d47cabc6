#include "plugins/node_resolver.h"

#include <algorithm>
#include <array>

#include "core/path.h"
#include "json/parse.h"

namespace imgslim::plugins {
namespace {

constexpr std::string_view suffixes[] = {".js", ".json", ".node", ".mjs", ".cjs"};
/// Conditions of "exports" that hold for Node, in the order in which they are preferred when several are stated.
constexpr std::array conditions{"node-addons", "node", "require", "import", "module-sync", "default"};
constexpr int deepest_target = 8;

/// The first target of an "exports" value whose conditions hold; "" without.
std::string target_of(const json::Value& value, int depth = 0) {
  if (value.is_string()) return value.get<std::string>();
  if (depth == deepest_target || (!value.is_array() && !value.is_object())) return {};
  if (value.is_array()) {
    for (const auto& item : value)
      if (auto target = target_of(item, depth + 1); !target.empty()) return target;
    return {};
  }
  for (const auto* condition : conditions)
    if (auto target = target_of(json::member(value, condition), depth + 1); value.is_object() && !target.empty())
      return target;
  return {};
}

/// The file that "exports" gives for a path in the package ("." for the package itself), "" when it gives none.
std::string exported(const json::Value& exports, const std::string& subpath) {
  const bool has_paths = exports.is_object() && !exports.empty() && exports.begin().key().starts_with('.');
  if (!has_paths) return subpath == "." ? target_of(exports) : std::string();
  if (exports.contains(subpath)) return target_of(exports[subpath]);
  for (const auto& [pattern, value] : exports.items()) {
    const auto star = pattern.find('*');
    if (star == std::string::npos) continue;
    const auto tail = pattern.size() - star - 1;
    const bool fits = subpath.size() >= pattern.size() - 1 && subpath.compare(0, star, pattern, 0, star) == 0 &&
                      subpath.compare(subpath.size() - tail, tail, pattern, star + 1, tail) == 0;
    if (!fits) continue;
    auto target = target_of(value);
    if (const auto place = target.find('*'); place != std::string::npos)
      target.replace(place, 1, subpath.substr(star, subpath.size() - star - tail));
    return target;
  }
  return {};
}

}  // namespace

std::optional<rootfs::Found> NodeResolver::file_at(const std::string& path) {
  const std::string directory(parent_path(path)), name(base_name(path));
  if (index_.has(directory, name))
    if (auto file = index_.files().find(path)) return file;
  for (const auto suffix : suffixes)
    if (index_.has(directory, name + std::string(suffix)))
      if (auto file = index_.files().find(path + std::string(suffix))) return file;
  return std::nullopt;
}

std::optional<rootfs::Found> NodeResolver::directory_at(const std::string& path) {
  if (const auto text = index_.files().text_at(path + "/package.json")) {
    const auto package = json::parse(*text, Limits());
    const auto main = package ? json::string_member(*package, "main") : std::string();
    if (!main.empty()) {
      const auto place = "/" + clean_path(path + "/" + main).text;
      if (auto file = file_at(place)) return file;
      if (auto file = file_at(place + "/index")) return file;
    }
  }
  return file_at(path + "/index");
}

std::optional<rootfs::Found> NodeResolver::resolve_path(const std::string& path) {
  const auto clean = "/" + clean_path(path).text;
  if (!path.ends_with('/'))
    if (auto file = file_at(clean)) return file;
  return directory_at(clean);
}

std::optional<rootfs::Found> NodeResolver::package_at(const std::string& directory, const std::string& subpath) {
  if (const auto text = index_.files().text_at(directory + "/package.json")) {
    const auto package = json::parse(*text, Limits());
    const auto& exports = package ? json::member(*package, "exports") : json::Value();
    if (package && !exports.is_null()) {
      const auto target = exported(exports, subpath.empty() ? "." : "./" + subpath);
      if (!target.empty())
        if (auto file = index_.files().find("/" + clean_path(directory + "/" + target).text)) return file;
    }
  }
  return resolve_path(subpath.empty() ? directory : directory + "/" + subpath);
}

std::optional<rootfs::Found> NodeResolver::resolve(const std::string& name, const std::string& importer) {
  if (name.empty()) return std::nullopt;
  if (name.starts_with('/')) return resolve_path(name);
  if (name.starts_with("./") || name.starts_with("../") || name == "." || name == "..")
    return resolve_path(std::string(parent_path(importer)) + "/" + name);
  auto end = name.find('/');
  if (name.starts_with('@') && end != std::string::npos) end = name.find('/', end + 1);
  const auto package = name.substr(0, end);
  const auto subpath = end == std::string::npos ? std::string() : name.substr(end + 1);
  const auto top = package.substr(0, package.find('/'));
  for (auto directory = parent_path(importer);; directory = parent_path(directory)) {
    const auto modules = std::string(directory) + "/node_modules";
    if (base_name(directory) != "node_modules" && index_.has(modules, top))
      if (auto file = package_at(join_path(modules, package), subpath)) return file;
    if (directory.empty()) break;
  }
  for (const auto& directory : directories_)
    if (index_.has(directory, top) || index_.has(directory, top + ".js"))
      if (auto file = package_at(join_path(directory, package), subpath)) return file;
  return std::nullopt;
}

std::string NodeResolver::package_directory(const std::string& name, const std::string& importer) {
  for (auto directory = parent_path(importer);; directory = parent_path(directory)) {
    auto candidate = std::string(directory) + "/node_modules/" + name;
    if (base_name(directory) != "node_modules" && index_.files().is_directory(candidate)) return candidate;
    if (directory.empty()) return {};
  }
}

std::string NodeResolver::package_of(const std::string& file) {
  for (auto directory = parent_path(file); !directory.empty(); directory = parent_path(directory)) {
    if (base_name(directory) == "node_modules") return {};
    if (index_.has(std::string(directory), "package.json")) return std::string(directory);
  }
  return {};
}

}  // namespace imgslim::plugins
