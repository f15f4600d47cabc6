#include "rules/script_predicates.h"

#include <algorithm>

#include "rules/fields.h"
#include "rules/stage_facts.h"

namespace imgslim::rules {
namespace {

using dockerfile::Keyword;

template <std::size_t N>
bool is_one_of(std::string_view word, const std::string_view (&words)[N]) {
  return std::find(std::begin(words), std::end(words), word) != std::end(words);
}

std::string base_name(std::string_view path) {
  while (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  return std::string(path.substr(path.rfind('/') + 1));
}

/// A path in a directory, without "." and repeated slashes.
std::string resolve(std::string_view path, std::string_view directory) {
  std::string joined = path.starts_with('/') ? std::string(path) : std::string(directory) + "/" + std::string(path);
  std::string out;
  for (std::size_t at = 0; at < joined.size();) {
    const auto end = std::min(joined.find('/', at), joined.size());
    const auto name = std::string_view(joined).substr(at, end - at);
    if (!name.empty() && name != ".") out.append("/").append(name);
    at = end + 1;
  }
  return out.empty() ? "/" : out;
}

bool is_within(std::string_view path, std::string_view directory) {
  if (directory == "/") return true;
  return path == directory || (path.starts_with(directory) && path.substr(directory.size()).starts_with('/'));
}

/// What an instruction's sources become in the image.
std::vector<std::string> copied_paths(const Facts& facts, const Step& step, std::string_view directory) {
  const auto targets = field_values(facts, step, "destination.expanded");
  if (targets.empty() || targets.front().find('$') != std::string::npos) return {};
  const auto target = resolve(targets.front(), directory);
  const auto sources = field_values(facts, step, "source.expanded");
  const bool into = targets.front().ends_with('/') || sources.size() > 1;
  std::vector<std::string> paths;
  for (const auto& source : sources) {
    const auto name = base_name(source);
    const bool whole = name == "." || name.empty() || source.ends_with('/') || name.find('*') != std::string::npos;
    paths.push_back(into && !whole ? resolve(name, target) : target);
  }
  return paths;
}

bool is_shell(std::string_view name) {
  constexpr std::string_view names[] = {"sh", "bash", "zsh", "ash", "dash", "ksh"};
  return is_one_of(base_name(name), names);
}

bool runs_its_input(const Command& command) {
  constexpr std::string_view interpreters[] = {"python", "python3", "perl", "ruby", "node", "php"};
  const auto operands = command.operands();
  if (command.name == "sudo" && !operands.empty()) return is_shell(operands.front()->text);
  if (is_shell(command.name)) return !command.has_flag("c");
  const bool reads_input = operands.empty() || operands.front()->text == "-";
  return is_one_of(command.name, interpreters) && reads_input;
}

bool is_download(const Command& command) { return command.name == "curl" || command.name == "wget"; }

/// Whether an instruction builds a Go program that may ask for a dynamic linker.
bool builds_with_cgo(const Place& place) {
  for (const auto& command : place.at().script.commands) {
    if (command.name != "go" || !(command.has_argument("build") || command.has_argument("install"))) continue;
    const auto off = [](const std::string& assignment) { return assignment == "CGO_ENABLED=0"; };
    if (std::any_of(command.assignments.begin(), command.assignments.end(), off)) continue;
    const bool is_static = std::any_of(command.arguments.begin(), command.arguments.end(), [](const Argument& one) {
      return one.text.find("-static") != std::string::npos || one.text.find("netgo") != std::string::npos;
    });
    if (!is_static) return place.at().script.text.find("CGO_ENABLED=0") == std::string::npos;
  }
  return false;
}

bool sets_cgo_off(const Step& step) {
  const auto* pairs = step.instruction->as<dockerfile::KeyValues>();
  return pairs && std::any_of(pairs->pairs.begin(), pairs->pairs.end(), [](const dockerfile::KeyValue& pair) {
           return pair.key.text == "CGO_ENABLED" && pair.value && pair.value->text == "0";
         });
}

/// Whether Go programs of a stage may ask for glibc's loader.
bool stage_needs_loader(const Facts& facts, std::uint32_t stage) {
  const auto& from = facts.plain.steps[facts.stages[stage].from];
  if (base_name(facts.stages[stage].image) != "golang") return false;
  for (const auto& tag : field_values(facts, from, "image.tag.expanded"))
    if (tag.find("alpine") != std::string::npos) return false;
  bool builds = false;
  for (std::uint32_t at = 0; at < facts.plain.steps.size(); ++at) {
    if (facts.plain.steps[at].stage != stage) continue;
    if (sets_cgo_off(facts.plain.steps[at])) return false;
    builds = builds || builds_with_cgo({&facts, &facts.plain, at, nullptr});
  }
  return builds;
}

bool has_no_loader(const Facts& facts, const Step& step) {
  const auto* stage = facts.stage_of(step);
  if (!stage) return false;
  const auto& image = stage->image;
  return image == "scratch" || image.find("distroless/static") != std::string::npos ||
         image.find("chainguard/static") != std::string::npos || base_name(image) == "alpine";
}

bool shell_stops_at_errors(const Place& place) {
  const auto before = steps_before(place);
  return std::any_of(before.begin(), before.end(), [](const Step* step) {
    if (step->instruction->keyword != Keyword::shell) return false;
    const auto& words = step->instruction->words;
    return std::any_of(words.begin(), words.end(), [](const dockerfile::Word& word) {
      const std::string_view text = word.text;
      return text == "errexit" || (text.starts_with('-') && !text.starts_with("--") && text.find('e') != text.npos);
    });
  });
}

}  // namespace

bool command_touches_copied(const Place& place, const Parameters&) {
  if (!place.command) return false;
  std::string directory = "/";
  std::vector<std::string> copied;
  for (std::uint32_t at = 0; at < place.step; ++at) {
    const auto& step = place.view->steps[at];
    if (step.stage != place.at().stage) continue;
    const auto keyword = step.instruction->keyword;
    if (keyword == Keyword::workdir)
      for (const auto& text : field_values(*place.facts, step, "text.expanded")) directory = resolve(text, directory);
    if (keyword != Keyword::copy && keyword != Keyword::add) continue;
    for (auto& path : copied_paths(*place.facts, step, directory)) copied.push_back(std::move(path));
  }
  for (const auto* operand : place.command->operands()) {
    if (!operand->literal) continue;
    auto path = resolve(operand->text, directory);
    while (path.ends_with("/*")) path.resize(path.size() - 2);
    for (const auto& one : copied)
      if (is_within(one, path.empty() ? "/" : path) || is_within(path, one)) return true;
  }
  return false;
}

bool copies_cgo_program(const Place& place, const Parameters&) {
  const auto& facts = *place.facts;
  const auto from = std::string(place.at().instruction->flag_value("from"));
  if (from.empty() || !place.at().stage || !has_no_loader(facts, place.at())) return false;
  for (std::uint32_t at = 0; at < *place.at().stage; ++at)
    if ((facts.stages[at].name == from || std::to_string(at) == from) && stage_needs_loader(facts, at)) return true;
  return false;
}

bool script_goes_on_after_errors(const Place& place, const Parameters&) {
  const auto& script = place.at().script;
  const auto& interpreter = script.interpreter;
  if (!interpreter.empty()) {
    const auto program = interpreter.substr(0, interpreter.find(' '));
    const bool shell = is_shell(program) || (base_name(program) == "env" && interpreter.ends_with("sh"));
    if (!shell || interpreter.find(" -e") != std::string::npos) return false;
  }
  for (const char* option : {"e", "errexit"})
    if (std::find(script.shell_options.begin(), script.shell_options.end(), option) != script.shell_options.end())
      return false;
  const auto chains = std::count_if(script.commands.begin(), script.commands.end(), [](const Command& command) {
    return !command.nested && (command.joined == Joined::first || command.joined == Joined::then) &&
           command.name != "set";
  });
  return chains > 1 && !shell_stops_at_errors(place);
}

bool script_pipes_what_may_fail(const Place& place, const Parameters&) {
  constexpr std::string_view harmless[] = {"echo", "printf", "yes", "true", ":"};
  const auto& commands = place.at().script.commands;
  return std::any_of(commands.begin(), commands.end(), [&](const Command& command) {
    if (is_one_of(command.name, harmless)) return false;
    return std::any_of(commands.begin(), commands.end(), [&](const Command& later) {
      return &later > &command && later.pipeline == command.pipeline && later.joined == Joined::pipe;
    });
  });
}

bool script_runs_download(const Place& place, const Parameters&) {
  const auto& script = place.at().script;
  const auto& commands = script.commands;
  for (const auto& command : commands) {
    if (!runs_its_input(command) || command.joined != Joined::pipe) continue;
    for (const auto& other : commands)
      if (&other < &command && other.pipeline == command.pipeline && is_download(other)) return true;
  }
  const bool substituted = std::any_of(commands.begin(), commands.end(),
                                       [](const Command& command) { return command.nested && is_download(command); });
  if (!substituted) return false;
  const auto& text = script.text;
  const bool as_text = text.find("$(curl") != text.npos || text.find("$(wget") != text.npos ||
                       text.find("<(curl") != text.npos || text.find("<(wget") != text.npos;
  return as_text && std::any_of(commands.begin(), commands.end(), [](const Command& command) {
           const bool evaluates = command.name == "eval" || command.name == "source" || command.name == ".";
           const bool computed = std::any_of(command.arguments.begin(), command.arguments.end(),
                                             [](const Argument& argument) { return argument.text == computed_text; });
           return computed && (evaluates || is_shell(command.name));
         });
}

}  // namespace imgslim::rules
