#include "packages/database_kind.h"

#include "core/path.h"

namespace imgslim::packages {
namespace {

constexpr std::string_view dpkg_root = "var/lib/dpkg/";

/// Takes the first component off `path`.
std::string_view take_component(std::string_view& path) {
  const auto slash = path.find('/');
  const auto component = path.substr(0, slash);
  path = slash == std::string_view::npos ? std::string_view() : path.substr(slash + 1);
  return component;
}

DatabaseKind classify_dpkg(std::string_view inside) {
  if (inside == "status") return DatabaseKind::dpkg_status;
  if (inside == "diversions") return DatabaseKind::dpkg_diversions;
  const auto directory = take_component(inside);
  if (inside.empty() || inside.find('/') != std::string_view::npos) return DatabaseKind::none;
  if (directory == "status.d") {
    return inside.ends_with(".md5sums") ? DatabaseKind::dpkg_status_d_md5sums : DatabaseKind::dpkg_status_d;
  }
  if (directory != "info") return DatabaseKind::none;
  if (inside.ends_with(".list")) return DatabaseKind::dpkg_list;
  if (inside.ends_with(".md5sums")) return DatabaseKind::dpkg_md5sums;
  return inside.ends_with(".conffiles") ? DatabaseKind::dpkg_conffiles : DatabaseKind::none;
}

DatabaseKind classify_apk(std::string_view directory, std::string_view base) {
  if (base == "world" && directory == "etc/apk") return DatabaseKind::apk_world;
  const bool is_database = base == "installed" && (directory == "lib/apk/db" || directory == "usr/lib/apk/db");
  return is_database ? DatabaseKind::apk_installed : DatabaseKind::none;
}

DatabaseKind classify_rpm(std::string_view directory, std::string_view base) {
  if (directory != "var/lib/rpm" && directory != "usr/lib/sysimage/rpm" && directory != "usr/share/rpm") {
    return DatabaseKind::none;
  }
  if (base == "rpmdb.sqlite") return DatabaseKind::rpm_sqlite;
  if (base == "rpmdb.sqlite-wal") return DatabaseKind::rpm_sqlite_wal;
  if (base == "Packages.db") return DatabaseKind::rpm_ndb;
  return base == "Packages" ? DatabaseKind::rpm_berkeley : DatabaseKind::none;
}

/// True for ".../node_modules/[@scope/]NAME/package.json" where every node_modules on the way sits directly in a
/// package: one inside a package's test data is that package's file. pnpm and Yarn keep packages one store directory
/// deeper (node_modules/.pnpm/NAME@VERSION/node_modules/NAME).
bool is_npm_package(std::string_view path) {
  bool inside_modules = false;
  while (!inside_modules && !path.empty()) inside_modules = take_component(path) == "node_modules";
  while (inside_modules) {
    auto name = take_component(path);
    if (name == ".pnpm" || name == ".store") {
      take_component(path);
      if (take_component(path) != "node_modules") return false;
      continue;
    }
    if (name.starts_with('@')) name = take_component(path);
    if (name.empty() || name.starts_with('.')) return false;
    if (path == "package.json") return true;
    if (take_component(path) != "node_modules") return false;
  }
  return false;
}

DatabaseKind classify_python(std::string_view directory, std::string_view base) {
  const bool wheel = directory.ends_with(".dist-info");
  if (!wheel && !directory.ends_with(".egg-info")) return DatabaseKind::none;
  if (base == "top_level.txt") return DatabaseKind::python_top_level;
  if (wheel) {
    if (base == "METADATA") return DatabaseKind::python_metadata;
    return base == "RECORD" ? DatabaseKind::python_record : DatabaseKind::none;
  }
  if (base == "PKG-INFO") return DatabaseKind::python_egg_info;
  return base == "installed-files.txt" ? DatabaseKind::python_installed_files : DatabaseKind::none;
}

bool is_gem_directory(std::string_view directory) {
  if (base_name(directory) == "default") directory = parent_path(directory);
  return base_name(directory) == "specifications";
}

bool is_gem_extension(std::string_view directory) {
  return base_name(parent_path(parent_path(parent_path(directory)))) == "extensions";
}

/// One switch on the last byte lets nearly every path go at once.
DatabaseKind classify_base(std::string_view directory, std::string_view base) {
  switch (base.back()) {
    case 'd':
      return classify_apk(directory, base);
    case 'A':
    case 'D':
    case 'O':
    case 't':
      if (base == "METADATA" || base == "RECORD" || base == "PKG-INFO" || base.ends_with(".txt")) {
        return classify_python(directory, base);
      }
      return DatabaseKind::none;
    case 'l':
      if (base == "manifest.wall" && directory == "var/lib/chisel") return DatabaseKind::chisel_manifest;
      return base == "rpmdb.sqlite-wal" ? classify_rpm(directory, base) : DatabaseKind::none;
    case 'e':
      if (base == "gem.build_complete" && is_gem_extension(directory)) return DatabaseKind::gem_extension;
      return base == "rpmdb.sqlite" ? classify_rpm(directory, base) : DatabaseKind::none;
    case 's':
      if (base == "extended_states" && directory == "var/lib/apt") return DatabaseKind::apt_extended_states;
      return base == "Packages" ? classify_rpm(directory, base) : DatabaseKind::none;
    case 'b':
      return base == "Packages.db" ? classify_rpm(directory, base) : DatabaseKind::none;
    case 'o':
      return base.ends_with(".egg-info") && base.size() > 9 ? DatabaseKind::python_egg_info : DatabaseKind::none;
    case 'c':
      if (base.ends_with(".gemspec") && is_gem_directory(directory)) return DatabaseKind::gem_specification;
      return DatabaseKind::none;
    case 'r':
      return base.ends_with(".jar") || base.ends_with(".war") || base.ends_with(".ear") ? DatabaseKind::jar
                                                                                        : DatabaseKind::none;
    default:
      return DatabaseKind::none;
  }
}

DatabaseKind classify_json(std::string_view path, std::string_view base) {
  if (base == "package.json") return is_npm_package(path) ? DatabaseKind::npm_package : DatabaseKind::none;
  const auto folder = base_name(parent_path(path));
  if (base == ".package-lock.json" && folder == "node_modules") return DatabaseKind::npm_hidden_lock;
  if (base == "installed.json" && folder == "composer") return DatabaseKind::composer_installed;
  return folder == "conda-meta" ? DatabaseKind::conda_meta : DatabaseKind::none;
}

}  // namespace

DatabaseKind classify_database(std::string_view path) {
  if (path.starts_with(dpkg_root)) return classify_dpkg(path.substr(dpkg_root.size()));
  const auto base = base_name(path);
  if (base.empty()) return DatabaseKind::none;
  if (!base.ends_with(".json")) return classify_base(parent_path(path), base);
  return classify_json(path, base);
}

bool needs_no_content(DatabaseKind kind) {
  return kind == DatabaseKind::gem_extension || kind == DatabaseKind::rpm_berkeley;
}

}  // namespace imgslim::packages
