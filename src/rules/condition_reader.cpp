// The "match" part of rule files: JSON objects to the tree of condition.h. An object's members all have to hold; the
// groups "all", "any" and "not" take one object or a list of them.
#include <algorithm>

#include "core/nearest.h"
#include "rules/fields.h"
#include "rules/predicates.h"
#include "rules/rule_reader.h"

namespace imgslim::rules {

using Kind = Condition::Kind;

void RuleReader::add_pattern(const Value& value, const std::string& text, Matcher& matcher) {
  std::string problem;
  auto pattern = Pattern::compile(text, problem);
  if (pattern) return matcher.patterns.push_back(std::move(*pattern));
  fail(value, "bad regular expression \"" + text + "\": " + problem);
}

void RuleReader::matcher_member(const std::string& key, const Value& value, Matcher& matcher) {
  if (key == "is") matcher.is = strings(value);
  if (key == "prefix") matcher.prefix = strings(value);
  if (key == "suffix") matcher.suffix = strings(value);
  if (key == "contains") matcher.contains = strings(value);
  if (key == "re")
    for (const auto& text : strings(value)) add_pattern(value, text, matcher);
  if (key != "except") return;
  const bool several =
      value.kind == Value::Kind::array && !value.items.empty() && value.items.front().kind == Value::Kind::object;
  if (!several) return matcher.except.push_back(this->matcher(value));
  for (const auto& item : value.items) matcher.except.push_back(this->matcher(item));
}

Matcher RuleReader::matcher(const Value& value) {
  Matcher matcher;
  if (value.kind != Value::Kind::object) {
    matcher.is = strings(value);
    return matcher;
  }
  if (!object(value, {"is", "prefix", "suffix", "contains", "re", "except"})) return matcher;
  for (const auto& [key, member] : value.members) matcher_member(key, member, matcher);
  return matcher;
}

ValuesMatcher RuleReader::values(const Value& value) {
  ValuesMatcher result;
  if (value.kind != Value::Kind::object) {
    result.matcher = matcher(value);
    return result;
  }
  if (!object(value, {"some", "every", "none", "least", "most", "is", "prefix", "suffix", "contains", "re", "except"}))
    return result;
  bool counted = false;
  for (const auto& [key, member] : value.members) {
    if (key == "some" || key == "every" || key == "none") {
      result.matcher = matcher(member);
      result.quantifier = key == "some"    ? ValuesMatcher::Quantifier::some
                          : key == "every" ? ValuesMatcher::Quantifier::every
                                           : ValuesMatcher::Quantifier::none;
      counted = false;
    } else if (key == "least" || key == "most") {
      if (key == "least") result.least = count(member);
      if (key == "most") result.most = count(member);
      counted = value.members.size() == 1 || (value.members.size() == 2 && value.find("least") && value.find("most"));
    } else {
      matcher_member(key, member, result.matcher);
    }
  }
  if (counted)
    result.quantifier = ValuesMatcher::Quantifier::every;  // bounds alone: the values themselves do not matter
  return result;
}

OperandsPattern RuleReader::operands(const Value& value) {
  OperandsPattern pattern;
  if (!object(value, {"behind", "skip", "valued", "first_only", "some", "every", "none", "least", "most"}))
    return pattern;
  Value rest = value;
  rest.members.clear();
  for (const auto& [key, member] : value.members) {
    if (key == "behind")
      pattern.behind = text(member);
    else if (key == "skip")
      pattern.skip = strings(member);
    else if (key == "valued")
      pattern.valued = strings(member);
    else if (key == "first_only")
      pattern.first_only = count(member);
    else
      rest.members.push_back({key, member});
  }
  pattern.values = values(rest);
  return pattern;
}

void RuleReader::command_member(const std::string& key, const Value& value, CommandPattern& pattern) {
  if (key == "name") pattern.name = matcher(value);
  if (key == "has") pattern.has = strings(value);
  if (key == "lacks") pattern.lacks = strings(value);
  if (key == "flag") pattern.flag = strings(value);
  if (key == "no_flag") pattern.no_flag = strings(value);
  if (key == "sequence") pattern.sequence = strings(value);
  if (key == "argument") pattern.argument.push_back(matcher(value));
  if (key == "first") pattern.first.push_back(matcher(value));
  if (key == "operands") pattern.operands.push_back(operands(value));
  if (key == "where") pattern.where.push_back(condition(value));
  if (key == "flag_count")
    for (const auto& [flag, number] : value.members) pattern.flag_count[flag] = count(number);
  if (key == "flag_value")
    for (const auto& [flag, wanted] : value.members) pattern.flag_values.emplace_back(flag, values(wanted));
}

CommandPattern RuleReader::command(const Value& value) {
  CommandPattern pattern;
  if (!object(value, {"name", "has", "lacks", "flag", "no_flag", "sequence", "argument", "first", "operands", "where",
                      "flag_count", "flag_value"}))
    return pattern;
  for (const auto& [key, member] : value.members) command_member(key, member, pattern);
  return pattern;
}

Condition RuleReader::group(Kind kind, const Value& value) {
  Condition result;
  result.kind = kind;
  if (value.kind == Value::Kind::array)
    for (const auto& item : value.items) result.children.push_back(condition(item));
  else
    result.children.push_back(condition(value));
  return result;
}

Condition RuleReader::instruction(const Value& value) {
  Condition result;
  result.kind = Kind::instruction;
  for (const auto& name : strings(value)) {
    const auto keyword = dockerfile::keyword_of(name);
    if (keyword == dockerfile::Keyword::unknown) fail(value, "unknown instruction \"" + name + "\"");
    result.keywords.push_back(keyword);
  }
  return result;
}

Condition RuleReader::fields(const Value& value) {
  Condition result;
  if (value.kind != Value::Kind::object) fail(value, "an object of fields is wanted");
  for (const auto& [name, wanted] : value.members) {
    Condition field;
    field.kind = Kind::field;
    field.name = name;
    field.values = values(wanted);
    if (!is_field(name)) fail(wanted, "unknown field \"" + name + "\"");
    result.children.push_back(std::move(field));
  }
  return result;
}

Condition RuleReader::mount(const Value& value) {
  Condition result;
  result.kind = Kind::mount;
  if (!object(value, {"type", "target"})) return result;
  if (const auto* type = value.find("type")) result.values.matcher = matcher(*type);
  if (const auto* target = value.find("target")) result.target = matcher(*target);
  return result;
}

Condition RuleReader::named(Kind kind, const Value& value, Names known) {
  Condition result;
  result.kind = kind;
  result.name = one_of(value, known);
  return result;
}

Condition RuleReader::predicate(const Value& value) {
  Condition result;
  result.kind = Kind::predicate;
  result.parameters = value;
  const auto* name = value.kind == Value::Kind::object ? value.find("name") : &value;
  if (!name) {
    fail(value, "a predicate needs its name");
    return result;
  }
  result.name = text(*name);
  result.predicate = find_predicate(result.name);
  if (!result.predicate) fail(*name, "unknown predicate \"" + result.name + "\"");
  return result;
}

Condition RuleReader::text_condition(const std::string& key, const Value& value) {
  Condition result;
  result.kind = key == "script_text" ? Kind::script_text : key == "interpreter" ? Kind::interpreter : Kind::commands;
  result.values = values(value);
  return result;
}

Condition RuleReader::condition_member(const std::string& key, const Value& value) {
  constexpr std::pair<std::string_view, Kind> groups[] = {
      {"all", Kind::all},           {"any", Kind::any},
      {"not", Kind::none},          {"earlier", Kind::earlier},
      {"later", Kind::later},       {"same_stage", Kind::same_stage},
      {"previous", Kind::previous}, {"other_stage", Kind::other_stage}};
  for (const auto& [name, kind] : groups)
    if (key == name) return group(kind, value);
  if (key == "cmd" || key == "this" || key == "after" || key == "before") {
    Condition result;
    result.kind = key == "cmd"     ? Kind::command
                  : key == "this"  ? Kind::this_command
                  : key == "after" ? Kind::after
                                   : Kind::before;
    result.command = std::make_shared<const CommandPattern>(command(value));
    return result;
  }
  if (key == "instr") return instruction(value);
  if (key == "field") return fields(value);
  if (key == "mount") return mount(value);
  if (key == "script") return named(Kind::script, value, {"pipe", "exec", "heredoc", "opaque", "errexit", "pipefail"});
  if (key == "stage") return named(Kind::stage, value, {"last", "base", "target", "any", "none", "reachable", "named"});
  if (key == "view") return named(Kind::view, value, {"onbuild", "plain"});
  if (key == "predicate") return predicate(value);
  return text_condition(key, value);
}

Condition RuleReader::condition(const Value& value) {
  Condition result;
  if (!object(value, {"all",     "any",   "not",        "instr",       "field",       "cmd",      "this",  "after",
                      "before",  "mount", "script",     "script_text", "interpreter", "commands", "stage", "view",
                      "earlier", "later", "same_stage", "previous",    "other_stage", "predicate"}))
    return result;
  for (const auto& [key, member] : value.members) result.children.push_back(condition_member(key, member));
  return result;
}

}  // namespace imgslim::rules
