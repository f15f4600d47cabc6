// npm, Yarn and pnpm unpack each package into node_modules/NAME or node_modules/@SCOPE/NAME with its package.json,
// whose "name" and "version" are required (docs.npmjs.com, package.json). There is no file list: the directory is the
// package. pnpm and Yarn put the directory itself in a store (node_modules/.pnpm/NAME@VERSION/node_modules/NAME) and
// link to it.
#include "packages/npm.h"

#include <utility>

#include "core/path.h"
#include "json/parse.h"

namespace imgslim::packages {
namespace {

/// "NAME" or "@SCOPE/NAME" of the directory a package was unpacked into.
std::string_view directory_name(std::string_view directory) {
  const auto parent = parent_path(directory);
  if (!base_name(parent).starts_with('@')) return base_name(directory);
  return directory.substr(parent.size() - base_name(parent).size());
}

}  // namespace

PackageSet read_npm(std::string_view path, std::string_view package_json, const Limits& limits) {
  PackageSet found;
  Package package;
  package.manager = "npm";
  const auto directory = parent_path(path);
  if (const auto parsed = json::parse(package_json, limits)) {
    package.name = json::string_member(*parsed, "name");
    package.version = json::string_member(*parsed, "version");
  } else {
    found.notes.push_back({"npm-package-unreadable", std::string(path),
                           "package.json: " + parsed.error().message + "; the directory's name stands in"});
  }
  if (package.name.empty()) package.name = directory_name(directory);
  package.directories.emplace_back(directory);
  found.packages.push_back(std::move(package));
  return found;
}

}  // namespace imgslim::packages
