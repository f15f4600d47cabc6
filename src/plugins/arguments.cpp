// Modules that the command line names: `uwsgi --plugin python3`, `php -d extension=redis`, `postgres -c
// shared_preload_libraries=auto_explain`. Only values of flags that speak of loading count, and modules that stand
// where a mapped object says that modules are.
#include <algorithm>
#include <string>

#include "plugins/load_lines.h"
#include "plugins/module_index.h"
#include "plugins/system_rules.h"

namespace imgslim::plugins {
namespace {

/// A word that may name modules, with the flag that says so.
struct Value {
  std::string_view text;
  std::string flag;
};

std::vector<Value> loading_values(const std::vector<std::string>& argv) {
  std::vector<Value> values;
  for (std::size_t i = 1; i < argv.size(); ++i) {
    const std::string_view word = argv[i];
    if (!is_loadish(word)) continue;
    if (const auto equals = word.find('='); equals != std::string_view::npos)
      values.push_back({word.substr(equals + 1), std::string(word.substr(0, equals))});
    else if (word.starts_with('-') && i + 1 < argv.size())
      values.push_back({argv[i + 1], argv[i]});
  }
  return values;
}

}  // namespace

std::vector<Candidate> modules_by_argument(const Context& context) {
  std::vector<Candidate> result;
  const auto values = loading_values(context.process.argv);
  if (values.empty()) return result;
  const ModuleIndex modules(context);
  for (auto [rest, flag] : values) {
    while (!rest.empty()) {
      const auto name = rest.substr(0, rest.find_first_of(",: "));
      rest.remove_prefix(std::min(rest.size(), name.size() + 1));
      auto matches = modules.find(name);
      if (matches.empty()) matches = modules.find_short(name);
      for (const auto& match : matches)
        result.push_back({match.path, Use::object, Tier::declared, Via::argument,
                          match.host.empty() ? context.process.program.path : match.host,
                          flag + " " + std::string(name)});
    }
  }
  return result;
}

}  // namespace imgslim::plugins
