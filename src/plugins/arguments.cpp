// Modules that the command line names: `uwsgi --plugin python3`, `php -d extension=redis`, `postgres -c
// shared_preload_libraries=auto_explain`. Values of flags that speak of loading count, and modules that stand where a
// mapped object says that modules are. Other words name a module when the program's own directory of modules has one of
// just that name: `nbdkit memory 1M`, `gawk -l time`, `gst-launch-1.0 videotestsrc`.
// Shells load modules by commands, which their scripts and `-c` texts hold: "zmodload zsh/datetime".
#include <algorithm>
#include <string>

#include "core/path.h"
#include "plugins/load_lines.h"
#include "plugins/module_index.h"
#include "plugins/named_paths.h"
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

/// Words that are nothing but a name.
std::vector<std::string_view> plain_words(const std::vector<std::string>& argv) {
  constexpr std::string_view others = "/.=:,; \n";
  std::vector<std::string_view> words;
  for (std::size_t i = 1; i < argv.size(); ++i) {
    const std::string_view word = argv[i];
    if (is_loadish(argv[i - 1]) && argv[i - 1].starts_with('-')) continue;  // a value
    if (word.size() > 1 && word.front() != '-' && word.find_first_of(others) == std::string_view::npos)
      words.push_back(word);
  }
  return words;
}

class Finder {
 public:
  explicit Finder(const Context& context) : context_(context), modules_(context) {}

  void add_values(const std::vector<Value>& values) {
    for (auto [rest, flag] : values) {
      while (!rest.empty()) {
        const auto name = rest.substr(0, rest.find_first_of(",: "));
        rest.remove_prefix(std::min(rest.size(), name.size() + 1));
        auto matches = modules_.find(name);
        if (matches.empty()) matches = modules_.find_short(name);
        for (const auto& match : matches) add(match, Tier::declared, flag + " " + std::string(name));
      }
    }
  }

  /// In directories that a mapped object names, not somewhere below: words of a command line say many things.
  void add_words(const std::vector<std::string_view>& words) {
    for (const auto word : words) {
      auto matches = modules_.find(word);
      if (matches.empty()) matches = modules_.find_short(word);
      for (const auto& match : matches)
        if (context_.named != nullptr && context_.named->exact(parent_path(match.path)) != linker::no_object)
          add(match, Tier::likely, std::string(word));
    }
  }

  void add_commands(std::string_view text, const std::string& where) {
    for (const auto& line : load_lines(text).lines)
      for (const auto word : line.words)
        for (const auto& match : modules_.find(word))
          add(match, Tier::likely, where + ":" + std::to_string(line.number));
  }

  std::vector<Candidate> take() { return std::move(result_); }

 private:
  void add(const ModuleMatch& match, Tier tier, std::string detail) {
    result_.push_back({match.path, Use::object, tier, Via::argument,
                       match.host.empty() ? context_.process.program.path : match.host, std::move(detail)});
  }

  const Context& context_;
  ModuleIndex modules_;
  std::vector<Candidate> result_;
};

/// Whether the program executes scripts of its own commands and opens objects.
bool loads_by_commands(const Context& context) {
  const auto name = base_name(context.process.program.path);
  const auto* facts = context.files.elf(context.process.program.file);
  return name.ends_with("sh") && facts != nullptr && (facts->imports & elf::imports_dlopen) != 0;
}

}  // namespace

std::vector<Candidate> modules_by_argument(const Context& context) {
  const auto& argv = context.process.argv;
  const auto values = loading_values(argv);
  const auto words = plain_words(argv);
  const bool by_commands = loads_by_commands(context);
  if (values.empty() && words.empty() && !by_commands) return {};
  Finder finder(context);
  finder.add_values(values);
  finder.add_words(words);
  if (by_commands) {
    for (std::size_t i = 1; i + 1 < argv.size(); ++i)
      if (argv[i] == "-c") finder.add_commands(argv[i + 1], "-c");
    for (const auto& script : context.process.scripts)
      if (const auto text = context.files.text(script.file)) finder.add_commands(*text, script.path);
  }
  return finder.take();
}

}  // namespace imgslim::plugins
