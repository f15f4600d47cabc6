#include "rules/fixes_of_commands.h"

#include <algorithm>

#include "rules/run_chain.h"

namespace imgslim::rules {
namespace {

using dockerfile::Span;

std::vector<FindingEdit> one_edit(Span span, std::string text) { return {{span.begin, span.end, std::move(text)}}; }

bool holds(const std::vector<std::string>& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

/// Words of a JSON array stand in the file in another form than in the script.
bool is_editable(const FixPlace& place) {
  return place.command != nullptr && !place.step.script.opaque && !place.step.script.exec_form;
}

/// Where the command's name stands; nothing when it is written in another way (quoted, by path).
std::optional<Span> name_span(const FixPlace& place) {
  const auto& command = *place.command;
  const auto end = command.arguments.empty() ? command.span.end : command.arguments.front().span.begin;
  if (end < command.span.begin) return std::nullopt;
  const auto before = place.facts.file->text({command.span.begin, end});
  const auto at = before.rfind(command.name);
  if (at == std::string_view::npos) return std::nullopt;
  const auto is_edge = [&](std::size_t i) {
    return i >= before.size() || std::string_view(" \t\n\r\\`").find(before[i]) != std::string_view::npos;
  };
  if ((at > 0 && !is_edge(at - 1)) || !is_edge(at + command.name.size())) return std::nullopt;
  const auto begin = command.span.begin + static_cast<std::uint32_t>(at);
  return Span{begin, begin + static_cast<std::uint32_t>(command.name.size())};
}

bool is_apt(const Command& command) {
  return command.name == "apt-get" || command.name == "apt" || command.name == "aptitude";
}

bool runs_apt(const Script& script, std::string_view word) {
  return std::any_of(script.commands.begin(), script.commands.end(),
                     [&](const Command& command) { return is_apt(command) && command.has_argument(word); });
}

bool installs(const Script& script) { return runs_apt(script, "install"); }
bool updates(const Script& script) { return runs_apt(script, "update"); }

/// Whether a later instruction of the stage reads lists that it did not fetch, or may do so.
bool lists_are_needed_below(const FixPlace& place) {
  const auto* stage = place.facts.stage_of(place.step);
  if (stage != nullptr && stage->base_of_other) return true;
  const auto& steps = place.facts.plain.steps;
  return std::any_of(steps.begin(), steps.end(), [&](const Step& step) {
    return step.index > place.step.index && step.stage == place.step.stage &&
           (step.script.opaque || (installs(step.script) && !updates(step.script)));
  });
}

}  // namespace

Edits insert_argument(const FixRecipe& recipe, const FixPlace& place) {
  if (!is_editable(place)) return std::nullopt;
  const auto& arguments = place.command->arguments;
  const auto found = std::find_if(arguments.begin(), arguments.end(),
                                  [&](const Argument& a) { return a.literal && holds(recipe.words, a.text); });
  if (found == arguments.end()) return std::nullopt;
  return one_edit({found->span.end, found->span.end}, " " + recipe.text);
}

Edits insert_first(const FixRecipe& recipe, const FixPlace& place) {
  if (!is_editable(place) || place.command->arguments.empty()) return std::nullopt;
  const auto begin = place.command->arguments.front().span.begin;
  return one_edit({begin, begin}, recipe.text + " ");
}

Edits rename_command(const FixRecipe& recipe, const FixPlace& place) {
  if (!is_editable(place)) return std::nullopt;
  const auto operands = place.command->operands();
  if (operands.empty() || !holds(recipe.words, operands.front()->text)) return std::nullopt;
  const auto span = name_span(place);
  if (!span) return std::nullopt;
  return one_edit(*span, recipe.text);
}

Edits append_command(const FixRecipe& recipe, const FixPlace& place) {
  auto text = recipe.text;
  constexpr std::string_view name_mark = "{command}";
  if (const auto mark = text.find(name_mark); mark != std::string::npos) {
    if (place.command == nullptr) return std::nullopt;
    text.replace(mark, name_mark.size(), place.command->name);
  }
  const auto edit = append_to_run(place.facts, place.step, text);
  return edit ? Edits{{*edit}} : std::nullopt;
}

Edits remove_apt_lists(const FixRecipe& recipe, const FixPlace& place) {
  if (!installs(place.step.script) || lists_are_needed_below(place)) return std::nullopt;
  return append_command(recipe, place);
}

Edits remove_apt_archives(const FixRecipe& recipe, const FixPlace& place) {
  return installs(place.step.script) ? append_command(recipe, place) : std::nullopt;
}

Edits without_recommended(const FixRecipe& recipe, const FixPlace& place) {
  // A text tells nothing of which recommended packages are used.
  if (!place.of_image || place.step.script.opaque || place.step.script.exec_form) return std::nullopt;
  const Command* install = nullptr;
  for (const auto& command : place.step.script.commands) {
    if (!is_apt(command) || !command.has_argument("install")) continue;
    if (install != nullptr || command.has_flag("no-install-recommends")) return std::nullopt;
    install = &command;
  }
  if (install == nullptr) return std::nullopt;
  const auto word = std::find_if(install->arguments.begin(), install->arguments.end(),
                                 [](const Argument& argument) { return argument.text == "install"; });
  auto edits = one_edit({word->span.end, word->span.end}, " " + recipe.text);
  const auto end = install->arguments.back().span.end;
  std::string names;
  for (const auto& name : place.keep) names += " " + name;
  if (names.empty()) return edits;
  if (end <= word->span.end) return std::nullopt;
  edits.push_back({end, end, names});
  return edits;
}

}  // namespace imgslim::rules
