// RubyGems keeps in each of its roots (guides.rubygems.org; lib/rubygems/basic_specification.rb) a Ruby file
// specifications/FULL-NAME.gemspec per gem, FULL-NAME being NAME-VERSION or NAME-VERSION-PLATFORM, and the gem's files
// in gems/FULL-NAME, doc/FULL-NAME, cache/FULL-NAME.gem and extensions/PLATFORM/RUBY-ABI/FULL-NAME. Gems that come with
// Ruby have theirs in specifications/default. A specification is code, but RubyGems itself writes installed ones, one
// assignment a line: s.name = "rake".freeze, s.version = "13.0.6"; gems built otherwise may say Gem::Version.new("1").
// Only such literals are taken. It is never run.
#include "packages/gem.h"

#include <utility>

#include "core/path.h"
#include "packages/text_lines.h"

namespace imgslim::packages {
namespace {

constexpr std::string_view suffix = ".gemspec";
constexpr std::size_t longest_literal = 256;

/// The string of `s.FIELD = "text"` or 'text', perhaps in a call; "" for any other line.
std::string_view assigned_literal(std::string_view line, std::string_view field) {
  line = trimmed(line);
  const auto dot = line.find('.');
  const auto equals = line.find('=');
  if (dot == std::string_view::npos || equals == std::string_view::npos || equals < dot) return {};
  if (trimmed(line.substr(dot + 1, equals - dot - 1)) != field) return {};
  const auto quote = line.find_first_of("\"'", equals);
  if (quote == std::string_view::npos) return {};
  const auto before = trimmed(line.substr(equals + 1, quote - equals - 1));
  if (!before.empty() && before != "Gem::Version.new(") return {};
  const auto end = line.find(line[quote], quote + 1);
  if (end == std::string_view::npos || end - quote > longest_literal) return {};
  const auto literal = line.substr(quote + 1, end - quote - 1);
  return literal.find_first_of("#\\") == std::string_view::npos ? literal : std::string_view();
}

/// Splits NAME-VERSION[-PLATFORM]: the version is the first part after a dash that begins with a digit and has a dot,
/// or else the last one that begins with a digit.
void read_full_name(std::string_view full_name, Package& package) {
  std::size_t cut = std::string_view::npos;
  for (auto dash = full_name.find('-'); dash != std::string_view::npos; dash = full_name.find('-', dash + 1)) {
    const auto part = full_name.substr(dash + 1, full_name.find('-', dash + 1) - dash - 1);
    if (part.empty() || part.front() < '0' || part.front() > '9') continue;
    cut = dash;
    if (part.find('.') != std::string_view::npos) break;
  }
  package.name = full_name.substr(0, cut);
  if (cut == std::string_view::npos) return;
  const auto rest = full_name.substr(cut + 1);
  package.version = rest.substr(0, rest.find('-'));
}

/// A root and a full name as one key; neither holds a NUL.
std::string extension_key(std::string_view root, std::string_view full_name) {
  std::string key(root);
  key += '\0';
  key += full_name;
  return key;
}

}  // namespace

GemExtensions::GemExtensions(const std::vector<std::string_view>& build_markers) {
  for (const auto marker : build_markers) {
    const auto directory = parent_path(marker);
    const auto extensions = parent_path(parent_path(parent_path(directory)));
    if (base_name(extensions) != "extensions") continue;
    directories_[extension_key(parent_path(extensions), base_name(directory))].emplace_back(directory);
  }
}

std::span<const std::string> GemExtensions::of(std::string_view root, std::string_view full_name) const {
  const auto found = directories_.find(extension_key(root, full_name));
  return found == directories_.end() ? std::span<const std::string>() : found->second;
}

PackageSet read_gem(std::string_view path, std::string_view specification, const GemExtensions& extensions) {
  auto full_name = base_name(path);
  if (full_name.ends_with(suffix)) full_name.remove_suffix(suffix.size());
  if (full_name.empty() || full_name == "." || full_name == "..") return {};
  auto specifications = parent_path(path);
  if (base_name(specifications) == "default") specifications = parent_path(specifications);
  const auto root = parent_path(specifications);

  Package package;
  read_full_name(full_name, package);
  package.manager = "gem";
  bool has_name = false;
  bool has_version = false;
  while (!specification.empty() && !(has_name && has_version)) {
    const auto line = take_line(specification);
    if (const auto name = assigned_literal(line, "name"); !name.empty() && !std::exchange(has_name, true)) {
      package.name = name;
    }
    if (const auto version = assigned_literal(line, "version"); !version.empty() && !std::exchange(has_version, true)) {
      package.version = version;
    }
  }
  package.files = {std::string(path), join_path(root, "cache/" + std::string(full_name) + ".gem")};
  package.directories = {join_path(root, "gems/" + std::string(full_name)),
                         join_path(root, "doc/" + std::string(full_name))};
  const auto built = extensions.of(root, full_name);
  package.directories.insert(package.directories.end(), built.begin(), built.end());
  PackageSet found;
  found.packages.push_back(std::move(package));
  return found;
}

}  // namespace imgslim::packages
