#include "plugins/ruby_path.h"

#include <algorithm>

#include "core/path.h"
#include "plugins/config_files.h"
#include "plugins/script_command.h"

namespace imgslim::plugins {
namespace {

constexpr std::size_t most_gems = 4'000;

/// Whether `text` is a version of three parts such as "3.1.0", the name of a directory per ABI.
bool is_abi(std::string_view text) {
  return std::count(text.begin(), text.end(), '.') == 2 && text.size() >= 5 && text[0] >= '0' && text[0] <= '9' &&
         text.find_first_not_of("0123456789.") == std::string_view::npos;
}

/// Compares "puma-5.6.5" with "puma-5.10.0" so that numbers count as numbers.
bool is_newer(std::string_view a, std::string_view b) {
  while (!a.empty() && !b.empty()) {
    const auto digits = [](std::string_view text) {
      return std::min(text.find_first_not_of("0123456789"), text.size());
    };
    auto na = digits(a), nb = digits(b);
    if (na > 0 && nb > 0) {
      const auto number_a = a.substr(0, na), number_b = b.substr(0, nb);
      if (na != nb) return na > nb;
      if (number_a != number_b) return number_a > number_b;
    } else {
      if (a[0] != b[0]) return a[0] < b[0];
      na = nb = 1;
    }
    a.remove_prefix(na);
    b.remove_prefix(nb);
  }
  return b.empty() && !a.empty();
}

/// First component of a required name, without suffix: what stands in a gem's lib directory under it.
std::string_view first_entry(std::string_view name) {
  auto entry = name.substr(0, name.find('/'));
  for (const std::string_view suffix : {".rb", ".so"})
    if (entry.ends_with(suffix)) entry.remove_suffix(suffix.size());
  return entry;
}

/// "json" of "json-2.6.3" and of "json-2.6.3.gemspec".
std::string_view name_of_gem(std::string_view name) {
  for (auto dash = name.find('-'); dash != std::string_view::npos; dash = name.find('-', dash + 1))
    if (dash + 1 < name.size() && name[dash + 1] >= '0' && name[dash + 1] <= '9') return name.substr(0, dash);
  return name;
}

}  // namespace

RubyPath::RubyPath(const Context& context) : context_(context), index_(context.files) {
  read_load_path();
  std::vector<std::string> homes{std::string(environment_value(context.process, "GEM_HOME")),
                                 std::string(environment_value(context.process, "BUNDLE_PATH"))};
  for (auto& directory : split_list(environment_value(context.process, "GEM_PATH"), ':'))
    homes.push_back(std::move(directory));
  for (const auto* directory :
       {"/usr/local/bundle", "/var/lib/gems", "/usr/local/lib/ruby/gems", "/usr/lib/ruby/gems",
        "/usr/share/rubygems-integration", "/usr/lib/x86_64-linux-gnu/rubygems-integration",
        "/usr/lib/aarch64-linux-gnu/rubygems-integration", "/usr/share/gems", "/usr/lib64/gems"})
    homes.emplace_back(directory);
  for (const auto* own : {"vendor/bundle", ".bundle"}) homes.push_back(absolute_path(context.process, own));
  const auto home = environment_value(context.process, "HOME");
  homes.push_back(std::string(home.empty() ? "/root" : home) + "/.gem");
  for (const auto& directory : homes) {
    if (directory.empty()) continue;
    for (const auto* below : {"", "/ruby", "/all"}) {
      const auto place = directory + below;
      for (const auto& version : {std::string(), "/" + abi_}) read_gem_directory(place + version);
    }
  }
  index_gems();
}

void RubyPath::add(const std::string& directory) {
  const auto canonical = context_.files.canonical(directory);
  if (!canonical || !context_.files.is_directory(*canonical) || path_.size() >= 256) return;
  if (std::find(path_.begin(), path_.end(), *canonical) == path_.end()) path_.push_back(*canonical);
}

void RubyPath::add_front(const std::string& directory) {
  const auto size = path_.size();
  add(directory);
  if (path_.size() > size) std::rotate(path_.begin(), path_.end() - 1, path_.end());
}

void RubyPath::read_load_path() {
  for (const auto& directory : split_list(environment_value(context_.process, "RUBYLIB"), ':')) add(directory);
  for (const auto& object : context_.map.objects()) {
    const auto name = base_name(object.file.path);
    const auto* const facts = context_.files.elf(object.file.file);
    if (facts == nullptr || (!name.starts_with("ruby") && !name.starts_with("libruby"))) continue;
    for (const auto& text : facts->path_strings) {
      if (text.find("ruby") == std::string::npos || text.find("/include/") != std::string::npos) continue;
      add(text);
      if (is_abi(base_name(text)) && context_.files.is_directory(text)) abi_ = base_name(text);
      if (is_abi(base_name(parent_path(text))) && context_.files.is_directory(text))
        abi_ = base_name(parent_path(text));
    }
  }
  version_ = abi_.substr(0, abi_.rfind('.') == std::string::npos ? 0 : abi_.rfind('.'));
}

void RubyPath::read_gem_directory(const std::string& directory) {
  const auto gems = directory + "/gems";
  for (const auto& name : index_.names(directory + "/specifications/default")) default_gems_.emplace(name_of_gem(name));
  std::vector<std::string> extensions;  // extensions/PLATFORM/ABI
  for (const auto& platform : index_.names(directory + "/extensions")) {
    const auto of_platform = join_path(directory + "/extensions", platform);
    for (const auto& abi : index_.names(of_platform)) extensions.push_back(join_path(of_platform, abi) + "/");
  }
  for (const auto& name : index_.names(gems)) {
    if (gems_.size() >= most_gems) return;
    const auto own = join_path(gems, name);
    const bool known = std::any_of(gems_.begin(), gems_.end(), [&](const Gem& gem) { return gem.directory == own; });
    if (known) continue;
    Gem gem{name, own, {}};
    for (const auto& extension : extensions)
      if (context_.files.is_directory(extension + name)) gem.directories.push_back(extension + name);
    gem.directories.push_back(own + "/lib");
    gems_.push_back(std::move(gem));
  }
}

void RubyPath::index_gems() {
  std::stable_sort(gems_.begin(), gems_.end(), [](const Gem& a, const Gem& b) { return is_newer(a.name, b.name); });
  for (std::size_t i = 0; i < gems_.size(); ++i)
    for (const auto& directory : gems_[i].directories)
      for (const auto& name : index_.names(directory)) {
        auto& places = gems_by_entry_[std::string(first_entry(name))];
        if (places.empty() || places.back() != i) places.push_back(i);
      }
}

std::optional<rootfs::Found> RubyPath::find_at(const std::string& path) {
  const bool whole = path.ends_with(".rb") || path.ends_with(".so");
  if (whole) return context_.files.find(path);
  const std::string directory(parent_path(path)), stem(base_name(path));
  for (const std::string suffix : {".rb", ".so"})
    if (index_.has(directory, stem + suffix))
      if (auto file = context_.files.find(path + suffix)) return file;
  return std::nullopt;
}

std::optional<rootfs::Found> RubyPath::find(const std::string& name) {
  if (name.empty()) return std::nullopt;
  const auto [place, added] = found_.try_emplace(name);
  if (added) place->second = search(name);
  return place->second;
}

std::optional<rootfs::Found> RubyPath::search(const std::string& name) {
  auto wanted = name;
  if (const auto star = wanted.find('*'); star != std::string::npos) wanted.replace(star, 1, version_);
  if (wanted.starts_with('/')) return find_at(wanted);
  if (auto file = search_gems(wanted, true)) return file;
  const bool whole = wanted.ends_with(".rb") || wanted.ends_with(".so");
  for (const std::string suffix : {".rb", ".so"})  // the suffix is the outer loop of load.c
    for (const auto& directory : path_)
      if (auto file = context_.files.find(join_path(directory, wanted) + (whole ? "" : suffix))) return file;
  return search_gems(wanted, false);
}

/// RubyGems' require takes the newest installed gem for a library that came with Ruby as a default gem.
std::optional<rootfs::Found> RubyPath::search_gems(const std::string& wanted, bool replacing_default) {
  const auto gems = gems_by_entry_.find(std::string(first_entry(wanted)));
  if (gems == gems_by_entry_.end()) return std::nullopt;
  for (const auto gem : gems->second) {
    if (replacing_default && !default_gems_.contains(std::string(name_of_gem(gems_[gem].name)))) continue;
    for (const auto& directory : gems_[gem].directories)
      if (auto file = find_at(join_path(directory, wanted))) return file;
  }
  return std::nullopt;
}

}  // namespace imgslim::plugins
