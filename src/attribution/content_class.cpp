// Files are told apart by where they stand first (a README below .git is version control data, whatever its name), then
// by a directory's name anywhere in the path, then by their ending. The first rule that matches decides; among the
// directories from the root, the nearest one.
#include "attribution/content_class.h"

#include <algorithm>
#include <array>
#include <unordered_map>

#include "core/path.h"

namespace imgslim::attribution {
namespace {

struct Rule {
  std::string_view pattern, name;
};

constexpr std::string_view databases = "package databases", caches = "package caches",
                           logs = "logs and temporary files", docs = "documentation", locales = "locales",
                           headers = "headers", libraries = "static libraries and objects", debug_files = "debug files",
                           bytecode = "byte code", vcs = "version control data", tests = "test files",
                           media = "fonts, icons and media", archives = "archives", python = "Python source",
                           script = "JavaScript", ruby = "Ruby source", perl = "Perl source", java = "Java archives",
                           zones = "time zones", certificates = "certificates",
                           maps = "source maps and type declarations", config = "configuration",
                           shared_libraries = "shared libraries", executables = "executables", build = "build files";

/// Directories from the root; everything below belongs to the class.
constexpr std::array directory_rules{
    Rule{"var/lib/dpkg", databases},
    Rule{"lib/apk/db", databases},
    Rule{"usr/lib/apk/db", databases},
    Rule{"var/lib/rpm", databases},
    Rule{"usr/lib/sysimage/rpm", databases},
    Rule{"usr/share/rpm", databases},
    Rule{"var/lib/pacman", databases},
    Rule{"var/lib/chisel", databases},
    Rule{"var/lib/apt/lists", caches},
    Rule{"var/cache/apt", caches},
    Rule{"var/cache/apk", caches},
    Rule{"etc/apk/cache", caches},
    Rule{"var/cache/yum", caches},
    Rule{"var/cache/dnf", caches},
    Rule{"var/cache/libdnf5", caches},
    Rule{"var/cache/zypp", caches},
    Rule{"var/cache/pacman", caches},
    Rule{"var/lib/dnf", caches},
    Rule{"root/.cache", caches},
    Rule{"root/.npm", caches},
    Rule{"root/.m2", caches},
    Rule{"root/.gradle", caches},
    Rule{"root/.cargo/registry", caches},
    Rule{"usr/local/cargo/registry", caches},
    Rule{"go/pkg/mod/cache", caches},
    Rule{"root/go/pkg/mod/cache", caches},
    Rule{"root/.composer/cache", caches},
    Rule{"usr/local/share/.cache", caches},
    Rule{"opt/conda/pkgs", caches},
    Rule{"usr/local/bundle/cache", caches},
    Rule{"var/cache", caches},
    Rule{"var/log", logs},
    Rule{"tmp", logs},
    Rule{"var/tmp", logs},
    Rule{"usr/share/doc", docs},
    Rule{"usr/share/man", docs},
    Rule{"usr/share/info", docs},
    Rule{"usr/share/gtk-doc", docs},
    Rule{"usr/local/share/doc", docs},
    Rule{"usr/local/share/man", docs},
    Rule{"usr/local/man", docs},
    Rule{"usr/share/help", docs},
    Rule{"usr/share/lintian", docs},
    Rule{"usr/share/locale", locales},
    Rule{"usr/share/i18n", locales},
    Rule{"usr/lib/locale", locales},
    Rule{"usr/include", headers},
    Rule{"usr/local/include", headers},
    Rule{"usr/lib/debug", debug_files},
    Rule{"usr/share/zoneinfo", zones},
    Rule{"etc/ssl/certs", certificates},
    Rule{"usr/share/ca-certificates", certificates},
    Rule{"etc/pki", certificates},
    Rule{"usr/share/fonts", media},
    Rule{"usr/share/icons", media},
};

/// Components of the longest of them.
constexpr std::size_t deepest_directory_rule = [] {
  std::size_t deepest = 0;
  for (const auto& rule : directory_rules) {
    std::size_t components = 1;
    for (const char c : rule.pattern) components += c == '/' ? 1 : 0;
    deepest = std::max(deepest, components);
  }
  return deepest;
}();

/// A directory of this name anywhere in the path.
constexpr std::array component_rules{
    Rule{".git", vcs},           Rule{".hg", vcs},       Rule{".svn", vcs},
    Rule{"_cacache", caches},    Rule{".cache", caches}, Rule{"__pycache__", bytecode},
    Rule{".yarn-cache", caches},
};

/// Inside a library tree, these directories hold tests.
constexpr std::array test_directories{std::string_view("test"), std::string_view("tests"),
                                      std::string_view("__tests__"), std::string_view("spec")};
constexpr std::array library_trees{std::string_view("site-packages/"), std::string_view("dist-packages/"),
                                   std::string_view("node_modules/"), std::string_view("/gems/")};

/// Endings of base names, longest first where one ends in another.
constexpr std::array ending_rules{
    Rule{".js.map", maps},       Rule{".css.map", maps},    Rule{".mjs.map", maps},     Rule{".d.ts", maps},
    Rule{".tar.gz", archives},   Rule{".tar.xz", archives}, Rule{".tar.zst", archives}, Rule{".tar.bz2", archives},
    Rule{".tgz", archives},      Rule{".zip", archives},    Rule{".whl", archives},     Rule{".deb", archives},
    Rule{".rpm", archives},      Rule{".apk", archives},    Rule{".gem", archives},     Rule{".pyc", bytecode},
    Rule{".pyo", bytecode},      Rule{".elc", bytecode},    Rule{".py", python},        Rule{".pyi", python},
    Rule{".a", libraries},       Rule{".la", libraries},    Rule{".o", libraries},      Rule{".lib", libraries},
    Rule{".h", headers},         Rule{".hpp", headers},     Rule{".hh", headers},       Rule{".hxx", headers},
    Rule{".debug", debug_files}, Rule{".dwo", debug_files}, Rule{".jar", java},         Rule{".war", java},
    Rule{".ear", java},          Rule{".jmod", java},       Rule{".js", script},        Rule{".mjs", script},
    Rule{".cjs", script},        Rule{".ts", script},       Rule{".rb", ruby},          Rule{".pm", perl},
    Rule{".pl", perl},           Rule{".ph", perl},         Rule{".ttf", media},        Rule{".otf", media},
    Rule{".woff", media},        Rule{".woff2", media},     Rule{".png", media},        Rule{".svg", media},
    Rule{".jpg", media},         Rule{".gif", media},       Rule{".ico", media},        Rule{".mo", locales},
    Rule{".md", docs},           Rule{".rst", docs},        Rule{".pem", certificates}, Rule{".crt", certificates},
    Rule{".pc", build},          Rule{".cmake", build},     Rule{".m4", build},
};

template <std::size_t size>
std::unordered_map<std::string_view, std::string_view> names_by_pattern(const std::array<Rule, size>& rules) {
  std::unordered_map<std::string_view, std::string_view> names;
  for (const auto& rule : rules) names.emplace(rule.pattern, rule.name);
  return names;
}

std::string_view find_name(const std::unordered_map<std::string_view, std::string_view>& names, std::string_view key) {
  const auto found = names.find(key);
  return found == names.end() ? std::string_view() : found->second;
}

std::string_view of_place(std::string_view path) {
  static const auto names = names_by_pattern(directory_rules);
  return find_name(names, path);
}

/// The class of the nearest directory that has one, or of the path itself.
std::string_view by_directory(std::string_view path) {
  std::string_view found;
  auto end = path.find('/');
  for (std::size_t depth = 1; depth <= deepest_directory_rule; ++depth) {
    if (const auto name = of_place(path.substr(0, end)); !name.empty()) found = name;
    if (end == std::string_view::npos) break;
    end = path.find('/', end + 1);
  }
  return found;
}

std::string_view by_component(std::string_view path) {
  for (const auto& rule : component_rules)
    if (is_below_directory_named(path, rule.pattern)) return rule.name;
  const auto directory = parent_path(path);
  const bool in_library = std::any_of(library_trees.begin(), library_trees.end(), [&](std::string_view tree) {
    return directory.find(tree) != std::string_view::npos;
  });
  if (in_library)
    for (const auto name : test_directories)
      if (is_below_directory_named(path, name)) return tests;
  return {};
}

/// By the name's last two suffixes (".tar.gz") or its last one; a name that is nothing else (".gem") has none.
std::string_view by_ending(std::string_view name) {
  static const auto names = names_by_pattern(ending_rules);
  const auto last = name.rfind('.');
  if (last == std::string_view::npos || last == 0) return {};
  const auto second = name.rfind('.', last - 1);
  if (second != std::string_view::npos && second > 0)
    if (const auto found = find_name(names, name.substr(second)); !found.empty()) return found;
  return find_name(names, name.substr(last));
}

bool is_shared_library_name(std::string_view name) {
  return name.ends_with(".so") || name.find(".so.") != std::string_view::npos;
}

}  // namespace

std::string_view ContentClasses::of(std::string_view path, bool is_elf) {
  const auto directory = parent_path(path);
  if (!asked_ || directory != directory_) {
    asked_ = true;
    directory_ = directory;
    by_place_ = by_directory(directory);
    by_component_ = by_component(path);
    is_deep_ = std::count(path.begin(), path.end(), '/') >= static_cast<std::ptrdiff_t>(deepest_directory_rule);
  }
  if (const auto found = is_deep_ ? std::string_view() : of_place(path); !found.empty()) return found;
  if (!by_place_.empty()) return by_place_;
  if (!by_component_.empty()) return by_component_;
  const auto name = base_name(path);
  if (name.ends_with(".debug") || name.ends_with(".o")) return by_ending(name);
  if (is_elf) return is_shared_library_name(name) ? shared_libraries : executables;
  if (const auto found = by_ending(name); !found.empty()) return found;
  if (is_within(path, "etc")) return config;
  return other_class;
}

bool is_package_database(std::string_view path) { return by_directory(path) == databases; }

}  // namespace imgslim::attribution
