// Conditions are asked of one instruction at a time. A condition on other instructions (earlier, later, same_stage …)
// walks the steps of the same stage; above the first FROM, all steps without a stage belong together, so that a
// fragment without FROM is one stage.
#include "rules/evaluate.h"

#include <algorithm>

#include "rules/fields.h"

namespace imgslim::rules {
namespace {

using Kind = Condition::Kind;

bool contains(const std::vector<std::string>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool has_sequence(const Command& command, const std::vector<std::string>& sequence) {
  const auto same = [](const Argument& argument, const std::string& text) { return argument.text == text; };
  return std::search(command.arguments.begin(), command.arguments.end(), sequence.begin(), sequence.end(), same) !=
         command.arguments.end();
}

bool flags_fit(const CommandPattern& pattern, const Command& command) {
  const auto set = [&](const std::string& flag) { return command.has_flag(flag); };
  if (!pattern.flag.empty() && std::none_of(pattern.flag.begin(), pattern.flag.end(), set)) return false;
  if (std::any_of(pattern.no_flag.begin(), pattern.no_flag.end(), set)) return false;
  for (const auto& [flag, wanted] : pattern.flag_count) {
    const auto given = std::count_if(command.flags.begin(), command.flags.end(),
                                     [&name = flag](const FlagUse& use) { return use.name == name; });
    if (static_cast<std::size_t>(given) != wanted) return false;
  }
  return std::all_of(pattern.flag_values.begin(), pattern.flag_values.end(),
                     [&](const auto& wanted) { return wanted.second.matches(command.values_of(wanted.first)); });
}

bool arguments_fit(const CommandPattern& pattern, const Command& command) {
  const auto given = [&](const std::string& text) { return command.has_argument(text); };
  if (!pattern.has.empty() && std::none_of(pattern.has.begin(), pattern.has.end(), given)) return false;
  if (std::any_of(pattern.lacks.begin(), pattern.lacks.end(), given)) return false;
  if (!pattern.sequence.empty() && !has_sequence(command, pattern.sequence)) return false;
  for (const auto& matcher : pattern.argument)
    if (std::none_of(command.arguments.begin(), command.arguments.end(),
                     [&](const Argument& argument) { return matcher.matches(argument.text); }))
      return false;
  for (const auto& matcher : pattern.first) {
    const auto operands = command.operands();
    if (operands.empty() || !matcher.matches(operands.front()->text)) return false;
  }
  return true;
}

bool operands_fit(const OperandsPattern& pattern, const Command& command, std::vector<std::string>* found) {
  const auto operands = operands_of(pattern, command);
  if (!pattern.values.matches(operands)) return false;
  if (found)
    std::copy_if(operands.begin(), operands.end(), std::back_inserter(*found),
                 [&](const std::string& operand) { return pattern.values.matcher.matches(operand); });
  return true;
}

bool holds_at(const Condition& condition, Place place, std::uint32_t step) {
  place.step = step;
  place.command = nullptr;
  return std::all_of(condition.children.begin(), condition.children.end(),
                     [&](const Condition& child) { return holds(child, place); });
}

bool same_stage(const Place& place, std::uint32_t step) {
  return place.view->onbuild || place.view->steps[step].stage == place.at().stage;
}

bool holds_elsewhere(const Condition& condition, const Place& place) {
  const auto count = static_cast<std::uint32_t>(place.view->steps.size());
  if (condition.kind == Kind::previous)
    return place.step > 0 && same_stage(place, place.step - 1) && holds_at(condition, place, place.step - 1);
  const bool all = condition.kind == Kind::same_stage || condition.kind == Kind::other_stage;
  const auto begin = all || condition.kind == Kind::earlier ? 0 : place.step + 1;
  const auto end = all || condition.kind == Kind::later ? count : place.step;
  for (std::uint32_t at = begin; at < end; ++at)
    if (at != place.step && same_stage(place, at) == (condition.kind != Kind::other_stage) &&
        holds_at(condition, place, at))
      return true;
  return false;
}

bool command_holds(const Condition& condition, const Place& place, std::vector<Match>* matches) {
  bool any = false;
  for (const auto& command : place.at().script.commands) {
    Match match{&command, {}};
    if (!fits(*condition.command, command, place, matches ? &match.operands : nullptr)) continue;
    any = true;
    if (!matches) return true;
    matches->push_back(std::move(match));
  }
  return any;
}

bool order_holds(const Condition& condition, const Place& place) {
  const auto& commands = place.at().script.commands;
  return std::any_of(commands.begin(), commands.end(), [&](const Command& command) {
    const bool behind = place.command == nullptr || &command > place.command;
    const bool wanted = condition.kind == Kind::after ? behind : place.command != nullptr && &command < place.command;
    return wanted && fits(*condition.command, command, place);
  });
}

bool mount_holds(const Condition& condition, const Place& place) {
  const auto* run = place.at().instruction->as<dockerfile::Run>();
  return run && std::any_of(run->mounts.begin(), run->mounts.end(), [&](const dockerfile::Mount& mount) {
           return condition.values.matcher.matches(mount.type) && condition.target.matches(mount.value("target"));
         });
}

bool script_holds(const std::string& name, const Script& script) {
  if (name == "pipe") return script.pipes;
  if (name == "exec") return script.exec_form;
  if (name == "heredoc") return script.heredoc;
  if (name == "errexit") return contains(script.shell_options, "e") || contains(script.shell_options, "errexit");
  if (name == "pipefail") return contains(script.shell_options, "pipefail");
  return script.opaque;
}

bool stage_holds(const std::string& name, const Place& place) {
  const auto* stage = place.view->onbuild && name != "target" ? nullptr : place.facts->stage_of(place.at());
  if (name == "any") return stage != nullptr;
  if (name == "none") return stage == nullptr;
  if (!stage) return name == "last" || name == "target" || name == "reachable";  // a fragment is built as it stands
  if (name == "last") return stage->last;
  if (name == "base") return stage->base_of_other;
  if (name == "named") return !stage->name.empty();
  return name == "target" ? stage->target : stage->reachable;
}

}  // namespace

std::vector<std::string> operands_of(const OperandsPattern& pattern, const Command& command) {
  std::vector<std::uint32_t> dropped;
  for (const auto& flag : command.flags)
    if (contains(pattern.valued, flag.name)) dropped.push_back(flag.argument + 1);
  std::vector<std::string> operands;
  bool counting = pattern.behind.empty();
  for (std::uint32_t at = 0; at < command.arguments.size(); ++at) {
    const auto& text = command.arguments[at].text;
    const bool is_flag = text.starts_with('-') && text != "-" && text != "--";
    if (is_flag || std::find(dropped.begin(), dropped.end(), at) != dropped.end()) continue;
    if (!counting)
      counting = text == pattern.behind;
    else if (!contains(pattern.skip, text))
      operands.push_back(text);
    if (pattern.first_only > 0 && operands.size() == pattern.first_only) break;
  }
  return operands;
}

bool fits(const CommandPattern& pattern, const Command& command, const Place& place,
          std::vector<std::string>* operands) {
  if (!pattern.name.matches(command.name) || !flags_fit(pattern, command) || !arguments_fit(pattern, command))
    return false;
  for (const auto& wanted : pattern.operands)
    if (!operands_fit(wanted, command, operands)) return false;
  Place in_hand = place;
  in_hand.command = &command;
  return std::all_of(pattern.where.begin(), pattern.where.end(),
                     [&](const Condition& condition) { return holds(condition, in_hand); });
}

bool holds(const Condition& condition, const Place& place, std::vector<Match>* matches) {
  const auto child = [&](const Condition& inner) { return holds(inner, place, matches); };
  const auto& children = condition.children;
  const auto& step = place.at();
  switch (condition.kind) {
    case Kind::all:
      return std::all_of(children.begin(), children.end(), child);
    case Kind::any:
      return std::any_of(children.begin(), children.end(), child);
    case Kind::none:
      return std::none_of(children.begin(), children.end(), [&](const Condition& c) { return holds(c, place); });
    case Kind::instruction:
      return std::find(condition.keywords.begin(), condition.keywords.end(), step.instruction->keyword) !=
             condition.keywords.end();
    case Kind::field:
      return condition.values.matches(field_values(*place.facts, step, condition.name));
    case Kind::command:
      return command_holds(condition, place, matches);
    case Kind::this_command:
      return place.command && fits(*condition.command, *place.command, place);
    case Kind::after:
    case Kind::before:
      return order_holds(condition, place);
    case Kind::mount:
      return mount_holds(condition, place);
    case Kind::script:
      return script_holds(condition.name, step.script);
    case Kind::script_text:
      return condition.values.matches({step.script.text});
    case Kind::interpreter:
      return condition.values.matches({step.script.interpreter});
    case Kind::commands:
      return step.script.commands.size() >= condition.values.least &&
             (!condition.values.most || step.script.commands.size() <= *condition.values.most);
    case Kind::stage:
      return stage_holds(condition.name, place);
    case Kind::view:
      return place.view->onbuild == (condition.name == "onbuild");
    case Kind::predicate:
      return condition.predicate(place, condition.parameters);
    case Kind::earlier:
    case Kind::later:
    case Kind::same_stage:
    case Kind::previous:
    case Kind::other_stage:
      break;
  }
  return holds_elsewhere(condition, place);
}

}  // namespace imgslim::rules
