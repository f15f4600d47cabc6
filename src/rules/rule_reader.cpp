#include "rules/rule_reader.h"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "core/nearest.h"
#include "rules/checks.h"

namespace imgslim::rules {
namespace {

/// "list:archives" stands for what lists/archives.json holds.
constexpr std::string_view list_mark = "list:";

}  // namespace

void RuleReader::fail(const Value& at, const std::string& message) {
  if (!error_) error_ = json::located_error(file_, at, message);
}

bool RuleReader::object(const Value& value, Names known) {
  if (value.kind != Value::Kind::object) {
    fail(value, "an object is wanted");
    return false;
  }
  for (std::size_t at = 0; at < value.members.size(); ++at) {
    const auto& key = value.members[at].first;
    if (std::find(known.begin(), known.end(), std::string_view(key)) != known.end()) continue;
    Value place;
    std::tie(place.line, place.column) = value.key_places[at];
    const std::vector<std::string_view> words(known);
    fail(place, "unknown key \"" + key + "\"" + did_you_mean(key, words));
    return false;
  }
  return true;
}

std::string RuleReader::text(const Value& value) {
  if (value.kind != Value::Kind::string) fail(value, "a string is wanted");
  return value.text;
}

std::string RuleReader::member_text(const Value& object, std::string_view key) {
  const auto* member = object.find(key);
  return member ? text(*member) : std::string();
}

bool RuleReader::truth(const Value& value) {
  if (value.kind != Value::Kind::boolean) fail(value, "true or false is wanted");
  return value.truth;
}

std::size_t RuleReader::count(const Value& value) {
  if (value.kind == Value::Kind::number && value.number >= 0 && value.number < 1e9 &&
      std::floor(value.number) == value.number)
    return static_cast<std::size_t>(value.number);
  fail(value, "a count is wanted");
  return 0;
}

std::vector<std::string> RuleReader::strings(const Value& value) {
  if (value.kind == Value::Kind::array) {
    std::vector<std::string> all;
    for (const auto& item : value.items) {
      auto some = strings(item);
      all.insert(all.end(), some.begin(), some.end());
    }
    return all;
  }
  auto one = text(value);
  if (!one.starts_with(list_mark)) return {std::move(one)};
  const auto found = lists_.find(std::string_view(one).substr(list_mark.size()));
  if (found != lists_.end()) return found->second;
  fail(value, "there is no list " + one.substr(list_mark.size()) + " in lists/");
  return {};
}

std::string RuleReader::one_of(const Value& value, Names known) {
  auto word = text(value);
  const std::vector<std::string_view> words(known);
  if (std::find(words.begin(), words.end(), word) == words.end())
    fail(value, "\"" + word + "\" is not known here" + did_you_mean(word, words));
  return word;
}

json::Located RuleReader::with_lists(Value parameters) {
  for (auto& [name, member] : parameters.members) {
    if (member.kind != Value::Kind::string || !member.text.starts_with(list_mark)) continue;
    Value item = member;
    member.kind = Value::Kind::array;
    for (auto& text : strings(item)) {
      item.text = std::move(text);
      member.items.push_back(item);
    }
  }
  return parameters;
}

std::vector<std::string> RuleReader::list(const Value& value) {
  if (!object(value, {"about", "values"})) return {};
  const auto* values = value.find("values");
  if (!values) fail(value, "a list needs \"values\"");
  return values ? strings(*values) : std::vector<std::string>();
}

RuleCase RuleReader::test_case(const Value& value) {
  RuleCase result;
  result.line = value.line;
  result.column = value.column;
  if (value.kind == Value::Kind::string) {
    result.text = value.text;
    return result;
  }
  if (!object(value, {"text", "args", "target", "contexts", "config", "dockerignore", "files"})) return result;
  result.text = member_text(value, "text");
  result.target = member_text(value, "target");
  if (const auto* args = value.find("args"))
    for (const auto& [name, given] : args->members) result.arguments[name] = text(given);
  if (const auto* contexts = value.find("contexts")) result.contexts = strings(*contexts);
  if (const auto* config = value.find("config")) result.settings = *config;
  if (const auto* patterns = value.find("dockerignore")) result.ignore_patterns = strings(*patterns);
  if (const auto* files = value.find("files")) result.context_files = strings(*files);
  return result;
}

void RuleReader::tests(const Value& value, Rule& rule) {
  if (!object(value, {"good", "bad"})) return;
  if (const auto* good = value.find("good"))
    for (const auto& item : good->items) rule.good.push_back(test_case(item));
  if (const auto* bad = value.find("bad"))
    for (const auto& item : bad->items) rule.bad.push_back(test_case(item));
  if (rule.good.empty() || rule.bad.empty()) fail(value, "a rule needs at least one good and one bad case");
  if (!rule.bad.empty()) rule.info.bad = rule.bad.front().text;
  if (!rule.good.empty()) rule.info.good = rule.good.front().text;
}

void RuleReader::metadata(const Value& value, Rule& rule) {
  auto& info = rule.info;
  info.id = member_text(value, "id");
  info.title = member_text(value, "title");
  info.why = member_text(value, "why");
  info.fix = member_text(value, "fix");
  info.family = member_text(value, "family");
  if (const auto* severity = value.find("severity"))
    info.severity = one_of(*severity, {"error", "warning", "info", "style"});
  if (const auto* profiles = value.find("profiles")) info.profiles = strings(*profiles);
  if (const auto* aliases = value.find("aliases")) info.aliases = strings(*aliases);
  if (const auto* links = value.find("links")) info.links = strings(*links);
  if (const auto* needs = value.find("needs")) info.needs = one_of(*needs, {"dockerfile", "context", "image"});
  if (const auto* saving = value.find("saving"))
    info.saving = one_of(*saving, {"none", "paths", "shadowed", "duplicates", "packages", "recommends", "lockfile",
                                   "elf", "closure", "table", "memory"});
  for (const auto* needed : {&info.id, &info.title, &info.severity, &info.why, &info.fix, &info.family, &info.needs})
    if (needed->empty()) fail(value, "a rule needs id, title, severity, family, needs, why and fix");
  for (const auto& profile : info.profiles) {
    if (profile != "slim" && profile != "compat") fail(value, "unknown profile \"" + profile + "\"");
    (profile == "slim" ? rule.slim : rule.compat) = true;
  }
}

FixRecipe RuleReader::recipe(const Value& value) {
  FixRecipe recipe;
  if (!object(value, {"kind", "text", "words", "commands"})) return recipe;
  recipe.kind = member_text(value, "kind");
  recipe.text = member_text(value, "text");
  if (const auto* words = value.find("words")) recipe.words = strings(*words);
  if (const auto* commands = value.find("commands")) recipe.commands = strings(*commands);
  const auto kinds = fix_kinds();
  if (std::find(kinds.begin(), kinds.end(), std::string_view(recipe.kind)) == kinds.end())
    fail(value, "unknown kind of edit \"" + recipe.kind + "\"" + did_you_mean(recipe.kind, kinds));
  return recipe;
}

Rule RuleReader::rule(const Value& value) {
  Rule rule;
  rule.file = file_;
  if (!object(value,
              {"id",    "title", "severity", "profiles", "aliases", "replaces", "family", "needs",  "scope", "onbuild",
               "match", "check", "image",    "message",  "why",     "fix",      "edit",   "saving", "links", "tests"}))
    return rule;
  metadata(value, rule);
  rule.message = member_text(value, "message");
  if (rule.message.empty()) rule.message = rule.info.title;
  if (const auto* scope = value.find("scope"))
    rule.scope = one_of(*scope, {"all", "target"}) == "target" ? Scope::target : Scope::all;
  if (const auto* onbuild = value.find("onbuild")) rule.onbuild = truth(*onbuild);
  if (const auto* replaces = value.find("replaces")) rule.replaces = strings(*replaces);
  if (const auto* image = value.find("image")) rule.image = with_lists(*image);
  if (const auto* match = value.find("match")) rule.match.push_back(condition(*match));
  if (const auto* check = value.find("check")) {
    rule.parameters = with_lists(*check);
    const auto* name = check->kind == Value::Kind::object ? check->find("name") : check;
    rule.check = name ? find_check(text(*name)) : nullptr;
    if (!rule.check) fail(*check, "unknown check");
  }
  if (const auto* edit = value.find("edit")) rule.edit.push_back(recipe(*edit));
  const bool is_image_rule = rule.info.needs == "image";
  if (rule.match.empty() && !rule.check && !is_image_rule) fail(value, "a rule needs \"match\" or \"check\"");
  if (const auto* cases = value.find("tests"))
    tests(*cases, rule);
  else if (!is_image_rule)
    fail(value, "a rule needs \"tests\"");
  return rule;
}

}  // namespace imgslim::rules
