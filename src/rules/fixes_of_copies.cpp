// COPY of files that a RUN below removes, or whose owner or mode it changes. The RUN must be the next one that runs
// anything: what another one may have done with the files in between, nobody can tell.
#include <algorithm>
#include <array>

#include "rules/copied_files.h"
#include "rules/fixes_of_layers.h"
#include "rules/run_chain.h"

namespace imgslim::rules {
namespace {

using dockerfile::Form;
using dockerfile::Keyword;

constexpr auto npos = std::string_view::npos;

bool is_plain(std::string_view text) { return !text.empty() && text.find_first_of("$*?[\"'\\ \t\n") == npos; }

bool only_changes_owners(const Script& script) {
  constexpr std::array names{"chown", "chmod", "chgrp"};
  return !script.opaque && !script.commands.empty() &&
         std::all_of(script.commands.begin(), script.commands.end(), [&](const Command& command) {
           return std::find(names.begin(), names.end(), command.name) != names.end();
         });
}

/// Whether nothing that runs stands between the copy and the step. `harmless` are scripts that do not count.
template <typename Harmless>
bool is_next_run(const Facts& facts, const Step& copy, const Step& step, Harmless harmless) {
  for (auto at = copy.index + 1; at < step.index; ++at) {
    const auto& between = facts.plain.steps[at];
    const auto keyword = between.instruction->keyword;
    if (keyword == Keyword::user || keyword == Keyword::shell || keyword == Keyword::onbuild) return false;
    if (keyword == Keyword::run && !harmless(between.script)) return false;
  }
  return true;
}

/// A COPY from the build context with one source whose name tells what it becomes.
bool has_one_source(const Step& copy) {
  const auto* details = copy.instruction->as<dockerfile::Copy>();
  return copy.instruction->keyword == Keyword::copy && copy.instruction->form == Form::words && details &&
         details->sources.size() == 1 && !details->heredoc_of.front() && is_plain(details->sources.front().text) &&
         details->destination && is_plain(details->destination->text);
}

/// Where the one source of a COPY stands in the image when it is there as `path`; "" when it is elsewhere.
bool lands_at(const CopyStep& copy, std::string_view path) {
  if (copy.paths.size() != 1) return false;
  const auto* details = copy.step->instruction->as<dockerfile::Copy>();
  if (path == copy.paths.front()) return true;
  // COPY a /tmp puts a into /tmp when that is a directory; the RUN that names /tmp/a knows.
  const auto name = base_name(details->sources.front().text);
  return name != "." && path == resolve_path(name, copy.paths.front()) && !copy.paths.front().ends_with("/" + name);
}

// --- mount_instead

/// What a mount does not stand: to be moved, or replaced by what is in it.
bool consumes(const Command& command) {
  constexpr std::array names{"mv", "gunzip", "gzip", "bunzip2", "bzip2", "unxz", "xz", "unzstd", "ln"};
  return std::find(names.begin(), names.end(), command.name) != names.end();
}

bool writes_to(const Command& command) {
  constexpr std::array names{"chmod", "chown", "chgrp", "sed", "touch", "patch", "make", "tee", "truncate"};
  return std::find(names.begin(), names.end(), command.name) != names.end();
}

bool is_removal(const Command& command, const std::string& directory, const std::string& path) {
  const auto operands = command.operands();
  return command.name == "rm" && command.outputs.empty() && operands.size() == 1 && operands.front()->literal &&
         resolve_path(operands.front()->text, directory) == path;
}

/// ` --mount=…` for a RUN, in the place behind its keyword.
FindingEdit mount_edit(const dockerfile::Copy& copy, const Step& run, const std::string& path, bool writable) {
  const auto at = run.instruction->name.span.end;
  return {at, at,
          " --mount=type=bind,source=" + copy.sources.front().text + ",target=" + path + (writable ? ",rw" : "")};
}

Edits mount_copy(const FixPlace& place, const CopyStep& copy, const std::string& path, const Chain& chain) {
  const auto directory = directory_at(place.facts, place.step);
  std::vector<bool> gone;
  bool writable = false;
  for (const auto* command : chain.commands) {
    const auto names_it =
        std::any_of(command->arguments.begin(), command->arguments.end(), [&](const Argument& argument) {
          auto named = resolve_path(argument.text, directory);
          while (named.ends_with("/*")) named.resize(named.size() - 2);
          return !argument.literal || is_within(named, path) || is_within(path, named.empty() ? "/" : named);
        });
    gone.push_back(is_removal(*command, directory, path));
    if (names_it && !gone.back() && (consumes(*command) || command->name == "rm")) return std::nullopt;
    writable = writable || writes_to(*command) || command->has_flag("r") || command->has_flag("R");
  }
  const auto removals = std::count(gone.begin(), gone.end(), true);
  if (removals != 1 || gone.size() == 1) return std::nullopt;
  std::vector<FindingEdit> edits{without_instruction(place.facts, *copy.step)};
  const auto* details = copy.step->instruction->as<dockerfile::Copy>();
  edits.push_back(mount_edit(*details, place.step, path, writable));
  for (auto& edit : without_commands(place.facts, chain, gone)) edits.push_back(std::move(edit));
  return edits;
}

// --- flag_of_copy

/// Owner and group as COPY has to say them to mean what chown means: without a group, files keep that of root.
std::string copy_owner(std::string_view owner) {
  if (!is_plain(owner) || owner.find('.') != npos || owner.starts_with(':') || owner.ends_with(':')) return {};
  return std::string(owner) + (owner.find(':') == npos ? ":0" : "");
}

bool is_octal(std::string_view mode) {
  return (mode.size() == 3 || mode.size() == 4) && mode.find_first_not_of("01234567") == npos;
}

struct CopyFlag {
  std::string name, value;
};

/// The flag that stands for the command; no name when there is none.
CopyFlag flag_for(const Command& command) {
  const auto operands = command.operands();
  if (operands.size() < 2 || !operands.front()->literal || !command.outputs.empty()) return {};
  for (const auto& flag : command.flags)
    if (flag.name != "R" && flag.name != "recursive" && flag.name != "v" && flag.name != "f") return {};
  const auto& what = operands.front()->text;
  const bool recursive = command.has_flag("R") || command.has_flag("recursive");
  if (command.name == "chown" && !copy_owner(what).empty()) return {"chown", copy_owner(what)};
  if (command.name == "chmod" && is_octal(what) && !recursive) return {"chmod", what};
  return {};
}

/// Whether the COPY's whole work is at the path, and the flag does to it what the command does.
bool is_all_of(const CopyStep& copy, const CopyFlag& flag, std::string_view path, bool recursive) {
  const auto& instruction = *copy.step->instruction;
  if (instruction.keyword != Keyword::copy || instruction.flag(flag.name) || copy.paths.empty()) return false;
  if (recursive)
    return std::all_of(copy.paths.begin(), copy.paths.end(),
                       [&](const std::string& one) { return is_within(one, path); });
  // Without -R only what is a file for sure: a directory's files would stay as they are.
  if (!has_one_source(*copy.step) || !lands_at(copy, path)) return false;
  const auto name = base_name(instruction.as<dockerfile::Copy>()->sources.front().text);
  return name.find('.', 1) != npos && !name.ends_with('.');
}

/// Whether the directory may have been there before the COPYs that fill it: their flag would not reach it.
bool may_be_older(const Facts& facts, const Step& first_copy, std::string_view path) {
  constexpr std::array system{"/",    "/app",  "/bin", "/data", "/etc", "/home", "/lib", "/mnt",
                              "/opt", "/root", "/run", "/srv",  "/tmp", "/usr",  "/var", "/work"};
  if (std::find(system.begin(), system.end(), path) != system.end()) return true;
  for (const auto* prefix : {"/usr/", "/var/", "/etc/", "/home/"})
    if (path.starts_with(prefix)) return true;
  return std::any_of(facts.plain.steps.begin(), facts.plain.steps.end(), [&](const Step& step) {
    if (step.index >= first_copy.index || step.stage != first_copy.stage) return false;
    if (step.instruction->keyword == Keyword::volume) return true;
    if (step.instruction->keyword == Keyword::run) return step.script.opaque || step.script.text.find(path) != npos;
    return step.instruction->keyword == Keyword::workdir;
  });
}

struct Change {
  const Command* command = nullptr;
  CopyFlag flag;
  std::vector<const CopyStep*> copies;  ///< all that bring what the command changes
  bool keep_directory = false;          ///< the directory itself has still to be changed
};

/// What a command changes, when COPYs alone have brought it.
std::optional<Change> change_of(const FixPlace& place, const Command& command, const std::vector<CopyStep>& copies) {
  Change change{&command, flag_for(command), {}, false};
  if (change.flag.name.empty()) return std::nullopt;
  const bool recursive = command.has_flag("R") || command.has_flag("recursive");
  const auto directory = directory_at(place.facts, place.step);
  const auto operands = command.operands();
  for (std::size_t at = 1; at < operands.size(); ++at) {
    if (!operands[at]->literal || !is_plain(operands[at]->text)) return std::nullopt;
    const auto path = resolve_path(operands[at]->text, directory);
    const auto before = change.copies.size();
    for (const auto& copy : copies) {
      const bool touches = copy.paths.empty() ||
                           std::any_of(copy.paths.begin(), copy.paths.end(),
                                       [&](const auto& one) { return is_within(one, path) || is_within(path, one); });
      if (!touches) continue;
      if (!is_all_of(copy, change.flag, path, recursive)) return std::nullopt;
      if (!is_next_run(place.facts, *copy.step, place.step, only_changes_owners)) return std::nullopt;
      change.copies.push_back(&copy);
    }
    if (change.copies.size() == before) return std::nullopt;
    change.keep_directory =
        change.keep_directory || (recursive && may_be_older(place.facts, *change.copies[before]->step, path));
  }
  return change;
}

/// -R taken out, with the blanks behind it; nothing when it stands with other letters.
std::optional<FindingEdit> without_recursion(const dockerfile::File& file, const Command& command) {
  for (const auto& argument : command.arguments) {
    if (argument.text != "-R" && argument.text != "--recursive") continue;
    auto end = argument.span.end;
    while (end < file.source.size() && file.source[end] == ' ') ++end;
    return FindingEdit{argument.span.begin, end, ""};
  }
  return std::nullopt;
}

}  // namespace

Edits mount_instead(const FixRecipe&, const FixPlace& place) {
  const auto chain = chain_of(place.facts, place.step);
  if (!chain || !place.command || place.command->operands().size() != 1) return std::nullopt;
  const auto path = resolve_path(place.command->operands().front()->text, directory_at(place.facts, place.step));
  if (!is_plain(path) || path.find(',') != npos) return std::nullopt;
  const auto copies = copies_before(place.facts, place.step);
  const CopyStep* brings = nullptr;
  for (const auto& copy : copies) {
    const bool touches = std::any_of(copy.paths.begin(), copy.paths.end(), [&](const std::string& one) {
      return is_within(one, path) || is_within(path, one);
    });
    if (!touches) continue;
    if (brings || !has_one_source(*copy.step) || !copy.step->instruction->flags.empty() || !lands_at(copy, path))
      return std::nullopt;
    brings = &copy;
  }
  const auto never = [](const Script&) { return false; };
  if (!brings || !is_next_run(place.facts, *brings->step, place.step, never)) return std::nullopt;
  return mount_copy(place, *brings, path, *chain);
}

Edits flag_of_copy(const FixRecipe&, const FixPlace& place) {
  const auto chain = chain_of(place.facts, place.step);
  if (!chain || !only_changes_owners(place.step.script)) return std::nullopt;
  const auto copies = copies_before(place.facts, place.step);
  std::vector<FindingEdit> flags, kept;
  std::vector<bool> gone;
  std::vector<std::pair<const CopyStep*, std::string>> set;
  for (const auto* command : chain->commands) {
    const auto change = change_of(place, *command, copies);
    const auto shorter =
        change && change->keep_directory ? without_recursion(*place.facts.file, *command) : std::nullopt;
    const bool sure = change && (!change->keep_directory || shorter);
    gone.push_back(sure && !change->keep_directory);
    if (!sure) continue;
    if (shorter) kept.push_back(*shorter);
    for (const auto* copy : change->copies) {
      const std::pair key(copy, change->flag.name);
      if (std::find(set.begin(), set.end(), key) != set.end()) return std::nullopt;
      set.push_back(key);
      const auto at = copy->step->instruction->name.span.end;
      flags.push_back({at, at, " --" + change->flag.name + "=" + change->flag.value});
    }
  }
  if (flags.empty()) return std::nullopt;
  if (std::find(gone.begin(), gone.end(), true) != gone.end())
    for (auto& edit : without_commands(place.facts, *chain, gone)) kept.push_back(std::move(edit));
  flags.insert(flags.end(), kept.begin(), kept.end());
  std::stable_sort(flags.begin(), flags.end(), [](const auto& a, const auto& b) { return a.begin < b.begin; });
  return flags;
}

}  // namespace imgslim::rules
