#include "rules/script_predicates.h"

#include <algorithm>

#include "rules/copied_files.h"
#include "rules/fields.h"
#include "rules/stage_facts.h"

namespace imgslim::rules {
namespace {

using dockerfile::Keyword;

template <std::size_t N>
bool is_one_of(std::string_view word, const std::string_view (&words)[N]) {
  return std::find(std::begin(words), std::end(words), word) != std::end(words);
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

/// Whether a command on `path` (with what is in it, when `deep`) is one on what the COPY brought.
bool touches(const CopyStep& copy, const std::string& path, bool deep) {
  for (std::size_t at = 0; at < copy.paths.size(); ++at) {
    const auto& copied = copy.paths[at];
    if (deep && is_within(copied, path)) return true;
    if (is_within(path, copied) && (deep || path != copied || !copy.is_directory[at])) return true;
  }
  return false;
}

bool command_touches_copied(const Place& place, const Parameters&) {
  if (!place.command || place.view->onbuild) return false;
  const auto copies = copies_before(*place.facts, place.at());
  const auto directory = directory_at(*place.facts, place.at());
  const auto& command = *place.command;
  constexpr std::string_view changers[] = {"chown", "chmod", "chgrp"};
  const bool alone = is_one_of(command.name, changers) && !command.has_flag("R") && !command.has_flag("recursive");
  for (const auto* operand : command.operands()) {
    if (!operand->literal) continue;
    auto path = resolve_path(operand->text, directory);
    const bool deep = !alone || path.ends_with("/*");
    while (path.ends_with("/*")) path.resize(path.size() - 2);
    if (path.empty()) path = "/";
    const bool found = std::any_of(copies.begin(), copies.end(), [&](const CopyStep& copy) {
      // A directory may be older than the COPY that has set the same already: its own entry costs nothing.
      const bool is_set = alone && copy.step->instruction->flag(command.name) != nullptr;
      return !is_set && touches(copy, path, deep);
    });
    if (found) return true;
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
