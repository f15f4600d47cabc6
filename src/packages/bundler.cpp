// A Gemfile is Ruby; what is read of it are the statements that bundler's own documentation has (bundler.io,
// gemfile(5)), one a line: `gem "NAME", …` with group: or groups:, and blocks `group :a, :b do … end`. Other blocks are
// only counted, so that each `end` closes its own. A Gemfile.lock has sections: below "  specs:" of GEM, GIT and PATH a
// line of four blanks, "NAME (VERSION[-PLATFORM])", for each gem and one of six for each gem that it needs; below
// DEPENDENCIES a line of two for each gem that the Gemfile asks for.
#include "packages/bundler.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "packages/text_lines.h"

namespace imgslim::packages {
namespace {

constexpr std::size_t most_blocks = 1000;  // open at once: a Gemfile has a few

bool is_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
}

bool is_for_development(std::string_view group) { return group == "development" || group == "test"; }

/// The symbols and quoted words of "(:a, 'b') do": what stands behind ":" or in quotes.
std::vector<std::string_view> names_in(std::string_view text) {
  std::vector<std::string_view> names;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != ':' && text[at] != '"' && text[at] != '\'') continue;
    auto end = at + 1;
    while (end < text.size() && is_name(text[end])) ++end;
    if (end > at + 1) names.push_back(text.substr(at + 1, end - at - 1));
    at = std::max(at, end - 1);
    if (end < text.size() && (text[end] == '"' || text[end] == '\'')) at = end;
  }
  return names;
}

bool all_for_development(const std::vector<std::string_view>& groups) {
  return !groups.empty() && std::all_of(groups.begin(), groups.end(), is_for_development);
}

/// What follows `word` when the line begins with it as a call: "gem 'x'", "gem('x')".
std::optional<std::string_view> arguments_of(std::string_view line, std::string_view word) {
  if (!line.starts_with(word) || line.size() == word.size()) return std::nullopt;
  const auto next = line[word.size()];
  if (next != ' ' && next != '(' && next != '\t') return std::nullopt;
  return line.substr(word.size());
}

/// The groups that a gem's own options state: "group: :test", ":groups => [:a, :b]".
std::vector<std::string_view> stated_groups(std::string_view options) {
  constexpr std::string_view word = "group";
  const auto start = options.find(word);
  if (start == std::string_view::npos) return {};
  auto value = options.substr(start + word.size());
  if (value.starts_with('s')) value.remove_prefix(1);
  value = trimmed(value);
  const std::size_t sign = value.starts_with("=>") ? 2 : value.starts_with(':') ? 1 : 0;
  if (sign == 0) return {};
  value = trimmed(value.substr(sign));
  return names_in(value.substr(0, value.find(value.starts_with('[') ? ']' : ',')));
}

bool opens_block(std::string_view line) {
  constexpr std::string_view words[] = {"if ", "unless ", "case ", "begin", "def ", "while ", "until "};
  return line.ends_with(" do") || line.find(" do |") != std::string_view::npos ||
         std::any_of(std::begin(words), std::end(words), [&](std::string_view word) { return line.starts_with(word); });
}

/// Gems that the Gemfile asks for in the groups of development alone.
std::set<std::string, std::less<>> development_gems(std::string_view gemfile) {
  std::map<std::string, bool, std::less<>> asked;  // whether always for development
  std::vector<bool> blocks;                        // those open: whether one is a group of development
  while (!gemfile.empty()) {
    const auto line = trimmed(take_line(gemfile));
    const bool inside = std::find(blocks.begin(), blocks.end(), true) != blocks.end();
    if (const auto gem = arguments_of(line, "gem")) {
      const auto names = names_in(gem->substr(0, gem->find(',')));
      const auto comma = gem->find(',');
      const auto own = stated_groups(comma == std::string_view::npos ? std::string_view() : gem->substr(comma));
      if (names.empty()) continue;
      const bool development = inside ? own.empty() || all_for_development(own) : all_for_development(own);
      asked.try_emplace(std::string(names.front()), true).first->second &= development;
    } else if (line == "end" || line.starts_with("end ")) {
      if (!blocks.empty()) blocks.pop_back();
    } else if (opens_block(line) && blocks.size() < most_blocks) {
      const auto group = arguments_of(line, "group");
      blocks.push_back(group && all_for_development(names_in(*group)));
    }
  }
  std::set<std::string, std::less<>> gems;
  for (const auto& [name, development] : asked)
    if (development) gems.insert(name);
  return gems;
}

/// A gem of the lock with the names of those that it needs.
struct LockedGem {
  std::string_view name, version;
  std::vector<std::string_view> needs;
};

struct Lock {
  std::vector<LockedGem> gems;
  std::vector<std::string_view> asked;
};

std::size_t indentation(std::string_view line) { return std::min(line.find_first_not_of(' '), line.size()); }

Lock read_lock(std::string_view text) {
  Lock lock;
  std::string_view section;
  while (!text.empty()) {
    auto line = take_line(text);
    const auto depth = indentation(line);
    line = trimmed(line);
    if (line.empty()) continue;
    if (depth == 0) section = line;
    const auto name = line.substr(0, line.find_first_of(" !"));
    const bool has_gems = section == "GEM" || section == "GIT" || section == "PATH";
    if (section == "DEPENDENCIES" && depth == 2) lock.asked.push_back(name);
    if (has_gems && depth == 4) {
      const auto open = line.find('('), close = line.find(')');
      if (open == std::string_view::npos || close == std::string_view::npos || close < open) continue;
      const auto version = line.substr(open + 1, close - open - 1);
      lock.gems.push_back({name, version.substr(0, version.find('-')), {}});
    }
    if (has_gems && depth == 6 && !lock.gems.empty()) lock.gems.back().needs.push_back(name);
  }
  return lock;
}

}  // namespace

std::vector<LockedPackage> read_bundler_lock(std::string_view gemfile, std::string_view lock_text) {
  const auto development = development_gems(gemfile);
  const auto lock = read_lock(lock_text);
  std::multimap<std::string_view, const LockedGem*> by_name;
  for (const auto& gem : lock.gems) by_name.emplace(gem.name, &gem);
  std::set<std::string_view> production;
  std::vector<std::string_view> open;
  for (const auto name : lock.asked)
    if (!development.contains(name)) open.push_back(name);
  while (!open.empty()) {
    const auto name = open.back();
    open.pop_back();
    if (!production.insert(name).second) continue;
    const auto [first, last] = by_name.equal_range(name);
    for (auto gem = first; gem != last; ++gem)
      open.insert(open.end(), gem->second->needs.begin(), gem->second->needs.end());
  }
  std::vector<LockedPackage> packages;
  for (const auto& gem : lock.gems)
    packages.push_back({std::string(gem.name), std::string(gem.version), {}, !production.contains(gem.name)});
  return packages;
}

}  // namespace imgslim::packages
