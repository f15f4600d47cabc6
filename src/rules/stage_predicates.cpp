#include "rules/stage_predicates.h"

#include <algorithm>
#include <map>

#include "rules/stage_facts.h"

namespace imgslim::rules {
namespace {

using dockerfile::Keyword;

std::string lower(std::string_view text) {
  std::string out(text);
  for (auto& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  return out;
}

bool is_non_posix_shell(std::string_view program) {
  constexpr std::string_view names[] = {"pwsh", "powershell", "cmd"};
  return std::any_of(std::begin(names), std::end(names),
                     [&](std::string_view name) { return program.starts_with(name); });
}

std::string_view base_name(std::string_view path) { return path.substr(path.rfind('/') + 1); }

/// What SHELL ["/bin/bash", "-o", "pipefail", "-c"] says.
bool sets_pipefail(const dockerfile::Instruction& shell) {
  if (shell.words.empty()) return false;
  if (is_non_posix_shell(shell.words.front().text)) return true;
  std::string line;
  for (const auto& word : shell.words) line += word.text + " ";
  const auto script = read_script(line);
  return std::any_of(script.commands.begin(), script.commands.end(), [](const Command& command) {
    const auto name = base_name(command.name);
    return (name == "bash" || name == "zsh" || name == "ash") && command.has_flag("o") &&
           command.has_argument("pipefail");
  });
}

std::vector<std::pair<std::string, std::string>> flags_of(const dockerfile::Instruction& instruction) {
  std::vector<std::pair<std::string, std::string>> flags;
  for (const auto& flag : instruction.flags) flags.emplace_back(flag.name, flag.value.value_or(""));
  std::sort(flags.begin(), flags.end());
  return flags;
}

/// Whether a WORKDIR came before when stages FROM an image of the same name share what they set, as hadolint has it.
bool workdir_by_image(const Place& place) {
  std::map<std::string, bool> set;
  std::string current;
  for (std::uint32_t at = 0; at < place.step; ++at) {
    const auto& step = place.view->steps[at];
    if (step.image) {
      const auto& stage = place.facts->stages[*step.stage];
      current = stage.name.empty() ? stage.image : stage.name;
      const auto parent = set.find(stage.image);
      set[current] = parent != set.end() && parent->second;
    } else if (step.instruction->keyword == Keyword::workdir) {
      set[current] = true;
    }
  }
  const auto found = set.find(current);
  return found != set.end() && found->second;
}

}  // namespace

bool from_names_earlier_stage(const Place& place, const Parameters&) {
  const auto& step = place.at();
  if (!step.image || !step.stage) return false;
  const auto& stages = place.facts->stages;
  for (std::uint32_t at = 0; at < *step.stage; ++at)
    if (!stages[at].name.empty() && stages[at].name == step.image->name) return true;
  return false;
}

bool stage_name_is_taken(const Place& place, const Parameters& parameters) {
  const auto& step = place.at();
  if (!step.stage) return false;
  const auto& stages = place.facts->stages;
  const auto form = [&](const std::string& name) {
    return parameter_set(parameters, "ignore_case") ? lower(name) : name;
  };
  const auto name = form(stages[*step.stage].name);
  if (name.empty()) return false;
  for (std::uint32_t at = 0; at < *step.stage; ++at)
    if (form(stages[at].name) == name) return true;
  return false;
}

bool stage_is_like_last(const Place& place, const Parameters&) {
  const auto* stage = place.facts->stage_of(place.at());
  if (!stage) return true;
  const auto& steps = place.facts->plain.steps;
  const auto& last = *steps[place.facts->stages.back().from].instruction;
  const auto& from = *steps[stage->from].instruction;
  return from.arguments == last.arguments && from.flags == last.flags;
}

bool workdir_is_set(const Place& place, const Parameters& parameters) {
  if (parameter_set(parameters, "by_image")) return workdir_by_image(place);
  const auto before = steps_before(place);
  return std::any_of(before.begin(), before.end(),
                     [](const Step* step) { return step->instruction->keyword == Keyword::workdir; });
}

bool run_flags_match_previous(const Place& place, const Parameters&) {
  if (place.step == 0) return false;
  const auto& above = *place.view->steps[place.step - 1].instruction;
  return flags_of(above) == flags_of(*place.at().instruction);
}

bool shell_sets_pipefail(const Place& place, const Parameters&) {
  const dockerfile::Instruction* shell = nullptr;
  for (std::uint32_t at = 0; at < place.step; ++at) {
    const auto& step = place.view->steps[at];
    if (step.stage == place.at().stage && step.instruction->keyword == Keyword::shell) shell = step.instruction;
  }
  return shell && sets_pipefail(*shell);
}

bool shell_is_stated(const Place& place, const Parameters&) {
  const auto before = steps_before(place);
  return std::any_of(before.begin(), before.end(),
                     [](const Step* step) { return step->instruction->keyword == Keyword::shell; });
}

bool stage_name_holds_platform(const Place& place, const Parameters&) {
  const auto* stage = place.facts->stage_of(place.at());
  if (!stage || stage->name.empty()) return false;
  const auto name = lower(stage->name);
  auto platform = lower(place.at().instruction->flag_value("platform"));
  constexpr std::pair<std::string_view, std::string_view> other_names[] = {{"x86_64", "amd64"},  {"x86-64", "amd64"},
                                                                           {"aarch64", "arm64"}, {"armhf", "arm"},
                                                                           {"armel", "arm"},     {"i386", "386"}};
  while (!platform.empty()) {
    auto part = platform.substr(0, platform.find('/'));
    platform.erase(0, part.size() + 1);
    for (const auto& [other, official] : other_names)
      if (part == other) part = official;
    if (!part.empty() && name.find(part) != std::string::npos) return true;
  }
  return false;
}

}  // namespace imgslim::rules
