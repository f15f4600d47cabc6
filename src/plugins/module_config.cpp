// The generic plugin rule: a module is loaded when a configuration file that the program reads names it on a line that
// speaks of loading, and the module stands where a mapped object says that modules are. Nothing here knows any program;
// what is known of Apache is that its blocks <IfModule> and <IfDefine> make lines conditional.
#include <algorithm>
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

  [[nodiscard]] bool holds(const Condition& condition) const {
    const bool positive =
        condition.kind == Condition::Kind::define ? is_defined(condition.name) : is_loaded(condition.name);
    return positive != condition.negated;
  }

 private:
  /// -D NAME, -DNAME on the command line.
  [[nodiscard]] bool is_defined(std::string_view name) const {
    const auto& argv = context_.process.argv;
    for (std::size_t i = 1; i < argv.size(); ++i) {
      if (argv[i] == "-D" && i + 1 < argv.size() && argv[i + 1] == name) return true;
      if (argv[i].starts_with("-D") && std::string_view(argv[i]).substr(2) == name) return true;
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
  std::set<std::string, std::less<>> words_;
};

void add_line(const ModuleIndex& modules, const ConfigFile& file, const LoadLine& line,
              std::vector<Candidate>& result) {
  const auto take = [&](const std::vector<ModuleMatch>& matches) {
    for (const auto& match : matches)
      result.push_back({match.path, Use::object, Tier::declared, Via::module_config,
                        match.host.empty() ? file.named_by : match.host,
                        file.path + ":" + std::to_string(line.number)});
    return !matches.empty();
  };
  bool found = false;
  for (const auto word : line.words) found |= take(modules.find(word));
  if (found || !line.plugin_key) return;
  for (const auto word : line.words) take(modules.find_short(word));
}

}  // namespace

std::vector<Candidate> modules_by_configuration(const Context& context) {
  std::vector<Candidate> result;
  const auto files = config_files(context);
  std::vector<std::vector<LoadLine>> lines;
  bool any = false;
  for (const auto& file : files) any |= !lines.emplace_back(load_lines(file.text)).empty();
  if (!any) return result;
  const ModuleIndex modules(context);
  Loaded loaded(context, modules);
  for (const auto& file_lines : lines)
    for (const auto& line : file_lines)
      if (line.conditions.empty()) loaded.add(line);
  for (std::size_t i = 0; i < files.size(); ++i) {
    for (const auto& line : lines[i]) {
      const bool holds = std::all_of(line.conditions.begin(), line.conditions.end(),
                                     [&](const Condition& condition) { return loaded.holds(condition); });
      if (!holds) continue;
      loaded.add(line);
      add_line(modules, files[i], line, result);
    }
  }
  return result;
}

}  // namespace imgslim::plugins
