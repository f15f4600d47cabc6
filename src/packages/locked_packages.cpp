// npm 7 and later keep node_modules/.package-lock.json (docs.npmjs.com, package-lock.json, "Hidden Lockfiles"): below
// "packages" one object for each directory, by its path relative to the directory that holds node_modules. "dev" is
// true of packages that only development dependencies need, "devOptional" of those that optional ones need too, "link"
// of links to packages elsewhere, "integrity" the digest of its archive (w3.org/TR/SRI). npm's cache keeps what it
// fetched below a name made of that digest (github.com/npm/cacache, lib/content/path.js). Composer keeps
// vendor/composer/installed.json: "packages" with name, version and "install-path", relative to the directory of the
// file, and "dev-package-names".
#include "packages/locked_packages.h"

#include <fmt/format.h>

#include <unordered_set>

#include "core/base64.h"
#include "core/path.h"
#include "json/parse.h"
#include "packages/path_budget.h"

namespace imgslim::packages {
namespace {

/// "node_modules/a/node_modules/@scope/b" is the package "@scope/b".
std::string_view npm_name(std::string_view directory) {
  constexpr std::string_view folder = "node_modules/";
  const auto last = directory.rfind(folder);
  return last == std::string_view::npos ? base_name(directory) : directory.substr(last + folder.size());
}

/// Where npm's cache keeps what has that digest ("sha512-BASE64"): below two directories of the first two bytes. npm
/// writes sha512; without it "".
std::string npm_cache_place(std::string_view integrity) {
  constexpr std::string_view algorithm = "sha512-";
  constexpr std::size_t digest_bytes = 64;
  const auto start = integrity.find(algorithm);
  if (start == std::string_view::npos) return {};
  auto text = integrity.substr(start + algorithm.size());
  text = text.substr(0, text.find_first_of(" ?"));
  const auto digest = decode_base64(text);
  if (!digest || digest->size() != digest_bytes) return {};
  std::string place = "_cacache/content-v2/sha512/";
  for (std::size_t at = 0; at < digest_bytes; ++at) {
    if (at == 1 || at == 2) place += '/';
    place += fmt::format("{:02x}", static_cast<unsigned char>((*digest)[at]));
  }
  return place;
}

/// Collects packages, their directories within the bound on what a path of the image may buy.
class LockedList {
 public:
  LockedList(std::string_view folder, std::uint64_t input_bytes) : folder_(folder), budget_(input_bytes) {}

  void add(LockedPackage package, std::string_view relative_directory) {
    std::vector<std::string> kept;
    budget_.add(kept, clean_path(join_path(folder_, relative_directory)).text);
    if (kept.empty()) return;
    package.directory = std::move(kept.front());
    packages_.push_back(std::move(package));
  }
  std::vector<LockedPackage> take() && { return std::move(packages_); }

 private:
  std::string_view folder_;
  PathBudget budget_;
  std::vector<LockedPackage> packages_;
};

}  // namespace

Result<std::vector<LockedPackage>> read_npm_lock(std::string_view path, std::string_view text, const Limits& limits) {
  IMGSLIM_TRY(const auto lock, json::parse(text, limits));
  LockedList packages(parent_path(parent_path(path)), text.size());
  const auto& listed = json::member(lock, "packages");
  if (!listed.is_object()) return std::move(packages).take();
  for (const auto& [directory, facts] : listed.items()) {
    if (directory.empty() || json::bool_member(facts, "link")) continue;
    auto name = json::string_member(facts, "name");
    if (name.empty()) name = npm_name(directory);
    packages.add({std::move(name),
                  json::string_member(facts, "version"),
                  {},
                  json::bool_member(facts, "dev"),
                  npm_cache_place(json::string_member(facts, "integrity"))},
                 directory);
  }
  return std::move(packages).take();
}

Result<std::vector<LockedPackage>> read_composer_installed(std::string_view path, std::string_view text,
                                                           const Limits& limits) {
  IMGSLIM_TRY(const auto installed, json::parse(text, limits));
  const auto names = json::strings_member(installed, "dev-package-names");
  const std::unordered_set<std::string> development(names.begin(), names.end());
  LockedList packages(parent_path(path), text.size());
  const auto& listed = json::member(installed, "packages");
  if (!listed.is_array()) return std::move(packages).take();
  for (const auto& facts : listed) {
    const auto place = json::string_member(facts, "install-path");
    auto name = json::string_member(facts, "name");
    if (name.empty() || place.empty()) continue;
    const bool is_development = development.contains(name);
    packages.add({std::move(name), json::string_member(facts, "version"), {}, is_development}, place);
  }
  return std::move(packages).take();
}

}  // namespace imgslim::packages
