/// supervisord.conf (an INI file of Python's configparser; ";" comments behind a blank; supervisor docs,
/// configuration.rst) and systemd's unit files (systemd.syntax(7), systemd.service(5)).
#include <algorithm>
#include <set>

#include "core/path.h"
#include "entrypoint/environment.h"
#include "entrypoint/glob.h"
#include "entrypoint/plan.h"
#include "entrypoint/supervisors.h"

namespace imgslim::entrypoint {
namespace {

constexpr std::size_t most_commands = 100;

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t\r");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r") + 1 - begin);
}

struct Section {
  std::string name;
  std::map<std::string, std::vector<std::string>, std::less<>> values;
  [[nodiscard]] std::string value(std::string_view key) const {
    const auto found = values.find(key);
    return found == values.end() ? std::string() : found->second.back();
  }
};

/// How the two formats differ: what begins a comment, and what carries a line on.
enum class Format : std::uint8_t { supervisord, systemd };

std::vector<Section> read_sections(std::string_view text, Format format) {
  std::vector<Section> sections;
  std::string* open = nullptr;  // the value that a following line carries on
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto raw = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    auto line = trimmed(raw);
    if (line.empty() || line[0] == ';' || line[0] == '#') continue;
    const bool indented = raw[0] == ' ' || raw[0] == '\t';
    if (open != nullptr && (format == Format::supervisord ? indented : open->ends_with('\\'))) {
      if (open->ends_with('\\')) open->pop_back();
      *open += ' ';
      *open += line;
      continue;
    }
    if (line[0] == '[') {
      sections.push_back({std::string(line.substr(1, line.find(']') - 1)), {}});
      open = nullptr;
      continue;
    }
    const auto equals = line.find('=');
    if (equals == std::string_view::npos || sections.empty()) continue;
    auto value = trimmed(line.substr(equals + 1));
    if (format == Format::supervisord) value = trimmed(value.substr(0, value.find(" ;")));
    auto& values = sections.back().values[std::string(trimmed(line.substr(0, equals)))];
    values.emplace_back(value);
    open = &values.back();
  }
  return sections;
}

void replace_all(std::string& text, std::string_view what, std::string_view by) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
    text.replace(at, what.size(), by);
}

/// %(program_name)s, %(here)s, %(ENV_X)s and %%.
std::string expanded(std::string text, const Command& parent, const std::string& name, const std::string& here) {
  replace_all(text, "%(program_name)s", name);
  replace_all(text, "%(here)s", here);
  replace_all(text, "%(process_num)s", "0");
  constexpr std::string_view prefix = "%(ENV_";
  for (auto at = text.find(prefix); at != std::string::npos; at = text.find(prefix, at)) {
    const auto end = text.find(")s", at);
    if (end == std::string::npos) break;
    const auto variable = text.substr(at + prefix.size(), end - at - prefix.size());
    const std::string value(value_of(parent.environment, variable));
    text.replace(at, end + 2 - at, value);
    at += value.size();
  }
  replace_all(text, "%%", "%");
  return text;
}

/// environment=A="1",B='2'
void add_environment(std::string_view text, Variables& environment) {
  while (!text.empty()) {
    const auto equals = text.find('=');
    if (equals == std::string_view::npos) return;
    const std::string name(trimmed(text.substr(0, equals)));
    text = trimmed(text.substr(equals + 1));
    const char quote = !text.empty() && (text[0] == '"' || text[0] == '\'') ? text[0] : ',';
    if (quote != ',') text.remove_prefix(1);
    const auto end = std::min(text.find(quote), text.size());
    environment.insert_or_assign(name, std::string(text.substr(0, end)));
    text.remove_prefix(end);
    text.remove_prefix(std::min(text.find_first_not_of("\"', \t"), text.size()));
  }
}

bool is_off(std::string value) {
  std::transform(value.begin(), value.end(), value.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; });
  return value == "false" || value == "no" || value == "off" || value == "0";
}

Command service_of(const Command& parent, std::vector<std::string> argv, const std::string& path) {
  auto child = child_of(parent, std::move(argv), "service", path);
  child.role = parent.role == Role::main ? Role::service : parent.role;
  child.tier = weaker(parent.tier, Tier::declared);
  child.first_process = false;
  child.scripts.clear();
  return child;
}

std::string directory_of(const std::string& path) { return path.substr(0, std::max<std::size_t>(path.rfind('/'), 1)); }

void add_programs(const std::vector<Section>& sections, const Command& parent, const std::string& path,
                  std::vector<Command>& commands) {
  for (const auto& section : sections) {
    const auto colon = section.name.find(':');
    const auto type = section.name.substr(0, colon);
    if (colon == std::string::npos || (type != "program" && type != "fcgi-program" && type != "eventlistener"))
      continue;
    const auto name = section.name.substr(colon + 1);
    const auto value = [&](std::string_view key) {
      return expanded(section.value(key), parent, name, directory_of(path));
    };
    auto argv = split_command(value("command"));
    if (!argv || argv->empty() || commands.size() >= most_commands) continue;
    auto command = service_of(parent, std::move(*argv), path);
    if (is_off(section.value("autostart"))) command.tier = Tier::possible;
    if (!value("directory").empty())
      command.working_directory = absolute(command.working_directory, value("directory"));
    if (!value("user").empty()) command.user = user_of(value("user"));
    add_environment(value("environment"), command.environment);
    commands.push_back(std::move(command));
  }
}

/// "-/usr/bin/x --flag": prefixes of systemd.service(5) removed.
std::string_view without_prefixes(std::string_view line) {
  const auto begin = line.find_first_not_of("@-:+!|");
  return begin == std::string_view::npos ? std::string_view() : line.substr(begin);
}

constexpr std::string_view unit_directories[] = {"/etc/systemd/system", "/usr/lib/systemd/system",
                                                 "/lib/systemd/system"};

void add_unit(const rootfs::FileSystem& files, const Command& parent, const std::string& path,
              std::vector<Command>& commands) {
  const auto text = files.text_at(path);
  if (!text) return;
  for (const auto& section : read_sections(*text, Format::systemd)) {
    const auto lines = section.values.find("ExecStart");
    if (section.name != "Service" || lines == section.values.end()) continue;
    for (const auto& line : lines->second) {
      auto argv = split_command(without_prefixes(line));
      if (!argv || argv->empty() || commands.size() >= most_commands) continue;
      auto command = service_of(parent, std::move(*argv), path);
      if (!section.value("User").empty()) command.user = user_of(section.value("User"));
      if (!section.value("WorkingDirectory").empty())
        command.working_directory = absolute("/", section.value("WorkingDirectory"));
      commands.push_back(std::move(command));
    }
  }
}

}  // namespace

std::vector<Command> supervisord_programs(const rootfs::FileSystem& files, const Command& parent,
                                          const std::string& path) {
  std::vector<Command> commands;
  const auto text = path.empty() ? std::nullopt : files.text_at(path);
  if (!text) return commands;
  const auto sections = read_sections(*text, Format::supervisord);
  add_programs(sections, parent, path, commands);
  for (const auto& section : sections) {
    if (section.name != "include") continue;
    std::string patterns = expanded(section.value("files"), parent, "", directory_of(path));
    const auto words = split_command(patterns);
    if (!words) continue;
    for (const auto& pattern : *words)
      for (const auto& included : expand_glob(files, directory_of(path), pattern)) {
        const auto full = absolute(directory_of(path), included);
        if (const auto more = files.text_at(full))
          add_programs(read_sections(*more, Format::supervisord), parent, full, commands);
      }
  }
  return commands;
}

std::vector<Command> systemd_services(const rootfs::FileSystem& files, const Command& parent) {
  std::vector<Command> commands;
  std::set<std::string> seen;
  for (const auto* target :
       {"sysinit.target", "basic.target", "multi-user.target", "graphical.target", "default.target"}) {
    for (const auto directory : unit_directories) {
      const auto wants = std::string(directory) + "/" + target + ".wants";
      for (const auto& name : files.list(wants)) {
        if (!name.ends_with(".service") || !seen.insert(name).second) continue;
        add_unit(files, parent, join_path(wants, name), commands);
      }
    }
  }
  return commands;
}

}  // namespace imgslim::entrypoint
