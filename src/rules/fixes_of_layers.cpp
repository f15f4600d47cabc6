// A RUN that removes what an earlier one left has two ways to mend: the removal moves into the RUNs that write, where
// they can be named, or all RUNs between them become one.
#include "rules/fixes_of_layers.h"

#include <algorithm>
#include <array>
#include <map>

#include "rules/copied_files.h"
#include "rules/run_chain.h"

namespace imgslim::rules {
namespace {

using Names = std::array<std::string_view, 6>;

/// What fills a cache, and how Dockerfiles empty it.
struct Cache {
  std::array<std::string_view, 4> directories;  ///< of operands of rm
  Names cleaners;                               ///< commands that empty it with "clean"
  Names writers;
  std::array<std::string_view, 8> words;  ///< one of them is an argument of the writer
};

constexpr std::array<Cache, 6> caches{{
    {{"/var/lib/apt/lists"}, {}, {"apt-get", "apt", "aptitude"}, {"update"}},
    {{"/var/cache/apt"}, {"apt-get", "apt"}, {"apt-get", "apt", "aptitude"}, {"install", "upgrade", "dist-upgrade"}},
    {{"/var/cache/apk"}, {}, {"apk"}, {"add", "update", "upgrade"}},
    {{"/var/cache/yum", "/var/cache/dnf", "/var/cache/libdnf5"},
     {"yum", "dnf", "microdnf"},
     {"yum", "dnf", "microdnf"},
     {"install", "update", "upgrade", "groupinstall", "makecache"}},
    {{"/root/.npm"}, {"npm"}, {"npm"}, {"install", "ci", "i"}},
    {{"/root/.cache"}, {"yarn"}, {"pip", "pip3", "uv", "poetry", "yarn"}, {"install", "add", "sync"}},
}};
constexpr std::size_t apt_lists = 0;  // position in caches

template <std::size_t N>
bool holds(const std::array<std::string_view, N>& list, std::string_view word) {
  return !word.empty() && std::find(list.begin(), list.end(), word) != list.end();
}

bool writes(const Cache& cache, const Command& command) {
  return holds(cache.writers, command.name) &&
         std::any_of(command.arguments.begin(), command.arguments.end(),
                     [&](const Argument& argument) { return holds(cache.words, argument.text); });
}

bool writes(const Cache& cache, const Script& script) {
  return std::any_of(script.commands.begin(), script.commands.end(),
                     [&](const Command& command) { return writes(cache, command); });
}

std::optional<std::size_t> cache_at(std::string_view path) {
  for (std::size_t at = 0; at < caches.size(); ++at)
    for (const auto directory : caches[at].directories)
      if (!directory.empty() && is_within(path, directory)) return at;
  return std::nullopt;
}

std::string_view trimmed(std::string_view text) { return text.substr(0, text.find_last_not_of(" \t") + 1); }

/// A command that does nothing but empty caches, by cache: what each one's writers have to do themselves.
std::map<std::size_t, std::string> removals_of(const dockerfile::File& file, const Command& command) {
  std::map<std::size_t, std::string> removals;
  for (std::size_t at = 0; at < caches.size(); ++at)
    if (holds(caches[at].cleaners, command.name) && command.has_argument("clean") && command.outputs.empty())
      removals[at] = trimmed(file.text(command.span));
  if (command.name != "rm" || !command.outputs.empty() || !command.assignments.empty()) return removals;
  for (const auto* operand : command.operands()) {
    const auto cache = operand->literal ? cache_at(operand->text) : std::nullopt;
    if (!cache) return {};
    auto& text = removals[*cache];
    text += (text.empty() ? "rm -rf " : " ") + std::string(file.text(operand->span));
  }
  return removals;
}

class Removal {
 public:
  Removal(const Facts& facts, const Chain& chain) : facts_(facts), chain_(chain) {
    for (const auto* command : chain.commands) {
      auto removals = removals_of(*facts.file, *command);
      const bool sure = !removals.empty() && std::all_of(removals.begin(), removals.end(),
                                                         [&](const auto& removal) { return can_move(removal.first); });
      gone_.push_back(sure);
      for (auto& [cache, text] : removals)
        if (sure) texts_[cache] += (texts_[cache].empty() ? "" : " && ") + text;
    }
  }

  [[nodiscard]] Edits edits() const {
    if (texts_.empty()) return std::nullopt;
    std::vector<FindingEdit> edits;
    for (const auto& step : above()) {
      std::string text;
      for (const auto& [cache, removal] : texts_)
        if (writes(caches[cache], step->script)) text += (text.empty() ? "" : " && ") + removal;
      if (text.empty()) continue;
      auto edit = append_to_run(facts_, *step, text);
      if (!edit) return std::nullopt;
      edits.push_back(std::move(*edit));
    }
    for (auto& edit : without_commands(facts_, chain_, gone_)) edits.push_back(std::move(edit));
    return edits;
  }

 private:
  [[nodiscard]] std::vector<const Step*> above() const {
    std::vector<const Step*> steps;
    for (const auto& step : facts_.plain.steps)
      if (step.index < chain_.step->index && step.stage == chain_.step->stage &&
          step.instruction->keyword == dockerfile::Keyword::run)
        steps.push_back(&step);
    return steps;
  }

  /// Whether some RUN above fills the cache, and none needs what an earlier one has left there.
  [[nodiscard]] bool can_move(std::size_t cache) const {
    bool filled = false;
    for (const auto* step : above()) {
      if (step->script.opaque) return false;
      const bool fills = writes(caches[cache], step->script);
      const bool installs = cache == apt_lists && writes(caches[apt_lists + 1], step->script);
      if (filled && installs && !fills) return false;
      filled = filled || fills;
    }
    return filled;
  }

  const Facts& facts_;
  const Chain& chain_;
  std::vector<bool> gone_;
  std::map<std::size_t, std::string> texts_;  // by cache
};

/// The first RUN above that fills one of the caches which the chain's commands empty.
const Step* first_writer(const Facts& facts, const Chain& chain) {
  for (const auto& step : facts.plain.steps) {
    if (step.index >= chain.step->index || step.stage != chain.step->stage) continue;
    for (const auto* command : chain.commands)
      for (const auto& [cache, text] : removals_of(*facts.file, *command))
        if (writes(caches[cache], step.script)) return &step;
  }
  return nullptr;
}

bool is_plain_path(std::string_view path) {
  constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./+-@=";
  return path.starts_with('/') && path.find_first_not_of(plain) == std::string_view::npos;
}

/// Whether a command of the script reads an archive of that name.
bool unpacks(const Script& script, std::string_view name) {
  constexpr std::array unpackers{"tar", "bsdtar", "unzip", "7z", "dpkg", "rpm", "apt-get", "apt", "sh", "bash"};
  return std::any_of(script.commands.begin(), script.commands.end(), [&](const Command& command) {
    return std::find(unpackers.begin(), unpackers.end(), command.name) != unpackers.end() &&
           std::any_of(command.arguments.begin(), command.arguments.end(),
                       [&](const Argument& argument) { return argument.literal && base_name(argument.text) == name; });
  });
}

}  // namespace

Edits move_removal(const FixRecipe&, const FixPlace& place) {
  const auto chain = chain_of(place.facts, place.step);
  if (!chain) return std::nullopt;
  if (auto edits = Removal(place.facts, *chain).edits()) return edits;
  const auto* writer = first_writer(place.facts, *chain);
  return writer ? join_runs(place.facts, *writer, place.step) : std::nullopt;
}

Edits join_with_later(const FixRecipe&, const FixPlace& place) {
  if (!place.later || place.later->index <= place.step.index || place.later->stage != place.step.stage)
    return std::nullopt;
  return join_runs(place.facts, place.step, *place.later);
}

Edits remove_archives(const FixRecipe&, const FixPlace& place) {
  std::string command = "rm -f";
  for (const auto& file : place.files) {
    if (!is_plain_path(file) || !unpacks(place.step.script, base_name(file))) return std::nullopt;
    command += " " + file;
  }
  if (place.files.empty()) return std::nullopt;
  const auto edit = append_to_run(place.facts, place.step, command);
  return edit ? Edits{{*edit}} : std::nullopt;
}

}  // namespace imgslim::rules
