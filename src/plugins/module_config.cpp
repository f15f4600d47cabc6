// The generic plugin rule: a module is loaded when a configuration file that the program reads names it on a line that
// speaks of loading, and the module stands where a mapped object says that modules are. Nothing here knows any program;
// what is known of formats is how they make lines conditional.
#include <algorithm>
#include <optional>
#include <set>
#include <string>

#include "core/path.h"
#include "plugins/config_files.h"
#include "plugins/load_lines.h"
#include "plugins/module_index.h"
#include "plugins/system_rules.h"

namespace imgslim::plugins {
namespace {

/// What is known to be loaded, to judge conditions by.
class Loaded {
 public:
  Loaded(const Context& context, const ModuleIndex& modules) : context_(context), modules_(modules) {}

  void add(const LoadLine& line) {
    for (const auto word : line.words) {
      words_.emplace(word);
      words_.emplace(module_stem(base_name(word)));
    }
  }

  void define(std::string_view name) { defined_.emplace(name); }

  /// As sure as a line under these conditions is: nothing when one of them does not hold.
  [[nodiscard]] std::optional<Tier> tier_under(const std::vector<Condition>& conditions) const {
    auto tier = Tier::declared;
    for (const auto& condition : conditions) {
      if (condition.kind == Condition::Kind::unknown) {
        tier = Tier::possible;
        continue;
      }
      if (holds(condition) == condition.negated) return std::nullopt;
    }
    return tier;
  }

 private:
  [[nodiscard]] bool holds(const Condition& condition) const {
    if (condition.kind == Condition::Kind::exists) return modules_.has_stem(module_stem(base_name(condition.name)));
    return condition.kind == Condition::Kind::define ? is_defined(condition.name) : is_loaded(condition.name);
  }

  /// By the configuration, or by the command line: -D NAME, -DNAME, -A NAME.
  [[nodiscard]] bool is_defined(std::string_view name) const {
    if (defined_.count(name) != 0) return true;
    const auto& argv = context_.process.argv;
    for (std::size_t i = 1; i < argv.size(); ++i) {
      if (!argv[i].starts_with("-D") && !argv[i].starts_with("-A")) continue;
      if (argv[i].size() == 2 ? i + 1 < argv.size() && argv[i + 1] == name
                              : std::string_view(argv[i]).substr(2) == name)
        return true;
    }
    return false;
  }

  /// "ssl_module", "mod_ssl.c". What is no module of the image may be compiled in.
  [[nodiscard]] bool is_loaded(std::string_view name) const {
    std::string stem(module_stem(name));
    if (words_.count(std::string(name)) != 0 || words_.count(stem) != 0) return true;
    if (stem.ends_with("_module")) stem = "mod_" + stem.substr(0, stem.size() - 7);
    return words_.count(stem) != 0 || !modules_.has_stem(stem);
  }

  const Context& context_;
  const ModuleIndex& modules_;
  std::set<std::string, std::less<>> words_, defined_;
};

/// A line of a file that counts, and how surely.
struct ActiveLine {
  const ConfigFile& file;
  const LoadLine& line;
  Tier tier;
};

void add_line(const ModuleIndex& modules, const ActiveLine& active, std::vector<Candidate>& result) {
  const auto& file = active.file;
  const auto& line = active.line;
  const auto take = [&](const std::vector<ModuleMatch>& matches) {
    for (const auto& match : matches)
      result.push_back({match.path, Use::object, active.tier, Via::module_config,
                        match.host.empty() ? file.named_by : match.host,
                        file.path + ":" + std::to_string(line.number)});
    return !matches.empty();
  };
  bool found = false;
  for (const auto word : line.words) found |= take(modules.find(word));
  if (found || !line.plugin_key) return;
  for (const auto word : line.words)
    take(modules.find_short(line.outer.empty() ? std::string(word) : std::string(line.outer).append("_").append(word)));
}

/// "mods-enabled", "modules.d", "plugins": each file is there for a module.
BlockHeads heads_in(std::string_view path) {
  const auto directory = base_name(parent_path(path));
  return directory.starts_with("mods") || is_loadish(directory) ? BlockHeads::name_modules : BlockHeads::ignored;
}

/// Where modules stand is also stated by configuration files ("libdir = /usr/lib/freeradius") and by the search paths
/// of the program's own objects.
void name_directories(const Context& context, const std::vector<ConfigFile>& files, const std::vector<LoadText>& texts,
                      ModuleIndex& modules) {
  for (std::size_t i = 0; i < files.size(); ++i)
    for (const auto path : texts[i].paths) modules.name_directory(std::string(path), files[i].named_by);
  for (const auto object : own_objects(context)) {
    const auto& path = context.map.objects()[object].file.path;
    const auto* facts = context.files.elf(context.map.objects()[object].file.file);
    if (facts == nullptr) continue;
    const auto searched = facts->runpath ? *facts->runpath : facts->rpath.value_or("");
    std::string_view rest = searched;
    while (!rest.empty()) {
      const auto directory = rest.substr(0, rest.find(':'));
      rest.remove_prefix(std::min(rest.size(), directory.size() + 1));
      if (directory.starts_with('/')) modules.name_directory(std::string(directory), path);
    }
  }
}

}  // namespace

std::vector<Candidate> modules_by_configuration(const Context& context) {
  std::vector<Candidate> result;
  const auto files = config_files(context);
  std::vector<LoadText> texts;
  bool any = false;
  for (const auto& file : files) any |= !texts.emplace_back(load_lines(file.text, heads_in(file.path))).lines.empty();
  if (!any) return result;
  ModuleIndex modules(context);
  name_directories(context, files, texts, modules);
  Loaded loaded(context, modules);
  for (const auto& text : texts) {
    for (const auto name : text.defined) loaded.define(name);
    for (const auto& line : text.lines)
      if (line.conditions.empty()) loaded.add(line);
  }
  for (std::size_t i = 0; i < files.size(); ++i) {
    for (const auto& line : texts[i].lines) {
      const auto tier = loaded.tier_under(line.conditions);
      if (!tier) continue;
      if (*tier == Tier::declared) loaded.add(line);
      add_line(modules, {files[i], line, *tier}, result);
    }
  }
  return result;
}

}  // namespace imgslim::plugins
