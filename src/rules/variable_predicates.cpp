#include "rules/variable_predicates.h"

#include <algorithm>
#include <set>
#include <utility>

#include "rules/stage_facts.h"

namespace imgslim::rules {
namespace {

using dockerfile::KeyValues;
using dockerfile::Keyword;

bool is_name_byte(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/// Whether ${name…} or $name is in the text.
bool refers_to(std::string_view text, std::string_view name) {
  for (auto at = text.find('$'); at != std::string_view::npos; at = text.find('$', at + 1)) {
    auto rest = text.substr(at + 1);
    if (rest.starts_with('{')) rest.remove_prefix(1);
    if (rest.starts_with(name) && (rest.size() == name.size() || !is_name_byte(rest[name.size()]))) return true;
  }
  return false;
}

/// Names that ENV and ARG above this instruction define, in any stage.
std::set<std::string> names_above(const Place& place) {
  std::set<std::string> names;
  for (std::uint32_t at = 0; at < place.step; ++at)
    if (const auto* pairs = place.view->steps[at].instruction->as<KeyValues>())
      for (const auto& pair : pairs->pairs)
        if (place.view->steps[at].instruction->keyword != Keyword::label) names.insert(pair.key.text);
  return names;
}

bool is_truthy(std::string_view value) {
  constexpr std::string_view words[] = {"1", "true", "True", "TRUE", "on", "On", "ON", "yes", "Yes", "YES"};
  return std::find(std::begin(words), std::end(words), value) != std::end(words);
}

bool is_version_part(std::string_view part) {
  return std::all_of(part.begin(), part.end(), [](char c) {
    return (is_name_byte(c) || std::string_view(".~^:+").find(c) != std::string_view::npos);
  });
}

/// name-1.2-3: all behind the first dash looks like a version, and some part of it begins with a digit.
bool is_versioned(std::string_view package) {
  const auto dash = package.find('-');
  if (dash == std::string_view::npos) return false;
  bool digit = false;
  auto rest = package.substr(dash + 1);
  while (true) {
    const auto part = rest.substr(0, rest.find('-'));
    if (!is_version_part(part)) return false;
    digit = digit || (!part.empty() && part.front() >= '0' && part.front() <= '9');
    if (part.size() == rest.size()) return digit;
    rest.remove_prefix(part.size() + 1);
  }
}

/// Names that hold in this stage: ENV of it and of those that it is built FROM, and every ARG.
std::set<std::string> known_names(const Place& place) {
  std::set<std::string> names;
  for (const auto* step : steps_before(place))
    if (const auto* pairs = step->instruction->as<KeyValues>(); pairs && step->instruction->keyword == Keyword::env)
      for (const auto& pair : pairs->pairs) names.insert(pair.key.text);
  for (std::uint32_t at = 0; at < place.step; ++at)
    if (const auto* pairs = place.view->steps[at].instruction->as<KeyValues>();
        pairs && place.view->steps[at].instruction->keyword == Keyword::arg)
      for (const auto& pair : pairs->pairs) names.insert(pair.key.text);
  return names;
}

bool is_pinned(const std::string& package, const Place& place) {
  if (package.ends_with(".rpm")) return true;  // a file states its version
  if (package.find('-') == std::string::npos) return false;
  if (package.find('$') == std::string::npos) return is_versioned(package);
  const auto names = known_names(place);
  return std::any_of(names.begin(), names.end(),
                     [&](const std::string& name) { return package.find("${" + name + "}") != std::string::npos; });
}

}  // namespace

bool env_refers_to_itself(const Place& place, const Parameters&) {
  const auto* pairs = place.at().instruction->as<KeyValues>();
  if (!pairs) return false;
  const auto above = names_above(place);
  for (const auto& defined : pairs->pairs) {
    if (above.contains(defined.key.text)) continue;
    for (const auto& user : pairs->pairs)
      if (&user != &defined && user.value && refers_to(user.value->text, defined.key.text)) return true;
  }
  return false;
}

bool env_is_truthy(const Place& place, const Parameters& parameters) {
  const auto variable = parameter(parameters, "variable");
  for (const auto& command : place.at().script.commands)
    for (const auto& assignment : command.assignments)
      if (assignment.starts_with(variable + "=") && is_truthy(std::string_view(assignment).substr(variable.size() + 1)))
        return true;
  for (const auto& command : place.at().script.commands)
    if (command.name == "export")
      for (const auto& argument : command.arguments)
        if (argument.text.starts_with(variable + "=") &&
            is_truthy(std::string_view(argument.text).substr(variable.size() + 1)))
          return true;
  for (const auto* step : steps_before(place)) {
    const auto* pairs = step->instruction->as<KeyValues>();
    if (!pairs || step->instruction->keyword != Keyword::env) continue;
    for (const auto& pair : pairs->pairs)
      if (pair.key.text == variable && pair.value && is_truthy(place.facts->expanded(*pair.value))) return true;
  }
  return false;
}

bool env_matches(const Place& place, const Parameters& parameters) {
  const auto variable = parameter(parameters, "variable");
  const auto* value = parameters.find("value");
  const auto part = parameter(parameters, "contains");
  for (const auto* step : steps_before(place)) {
    const auto* pairs = step->instruction->as<KeyValues>();
    if (!pairs || step->instruction->keyword == Keyword::label) continue;
    for (const auto& pair : pairs->pairs) {
      if (pair.key.text != variable || !pair.value) continue;
      const auto text = place.facts->expanded(*pair.value);
      if (value ? text == value->text : text.find(part) != std::string::npos) return true;
    }
  }
  return false;
}

bool env_disables_tls(const Place& place, const Parameters&) {
  constexpr std::pair<std::string_view, std::string_view> switches[] = {
      {"NODE_TLS_REJECT_UNAUTHORIZED", "0"}, {"PYTHONHTTPSVERIFY", "0"},         {"GIT_SSL_NO_VERIFY", "1"},
      {"GIT_SSL_NO_VERIFY", "true"},         {"NPM_CONFIG_STRICT_SSL", "false"}, {"npm_config_strict_ssl", "false"}};
  const auto* pairs = place.at().instruction->as<KeyValues>();
  if (!pairs) return false;
  for (const auto& pair : pairs->pairs) {
    if (!pair.value) continue;
    const auto value = place.facts->expanded(*pair.value);
    if (pair.key.text == "PIP_TRUSTED_HOST" && !value.empty()) return true;
    for (const auto& [name, off] : switches)
      if (pair.key.text == name && value == off) return true;
  }
  return false;
}

bool context_has(const Place& place, const Parameters& parameters) {
  const auto* files = parameters.find("files");
  if (!files) return false;
  const auto& names = place.facts->context_files;
  return std::any_of(files->items.begin(), files->items.end(), [&](const Parameters& file) {
    return std::find(names.begin(), names.end(), file.text) != names.end();
  });
}

bool context_ignores_nothing(const Place& place, const Parameters&) {
  return place.facts->ignore_file && !place.facts->ignore_file->exists;
}

bool rpm_is_unpinned(const Place& place, const Parameters&) {
  if (!place.command) return false;
  const auto& command = *place.command;
  if (command.has_argument("group")) return false;
  const bool module = command.has_argument("module");
  for (const auto* operand : command.operands()) {
    const auto& text = operand->text;
    if (text == "install" || text == "module") continue;
    if (module ? text.find(':') == std::string::npos : !is_pinned(text, place)) return true;
  }
  return false;
}

}  // namespace imgslim::rules
