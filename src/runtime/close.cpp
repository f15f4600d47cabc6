#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "core/notes.h"
#include "runtime/closure.h"
#include "runtime/coverage.h"
#include "runtime/merge_uses.h"
#include "runtime/process_closure.h"

namespace imgslim::runtime {
namespace {

// A container starts a handful of programs; git's or dovecot's directory of helpers has some forty.
constexpr std::size_t most_processes = 256;
constexpr int deepest_helper = 2;

/// A program's files by identity: two processes with the same ones map the same, whoever starts them.
using ProgramKey = std::vector<rootfs::FileId>;

ProgramKey key_of(const entrypoint::Process& process) {
  ProgramKey key{process.program.file};
  for (const auto& script : process.scripts) key.push_back(script.file);
  return key;
}

/// Plans what is executed by other processes than the command line's.
std::vector<entrypoint::Process> plan_executed(const LinkInput& input, const Executed& executed) {
  auto config = input.config;
  config.entrypoint = {executed.accessed};
  config.cmd.clear();
  config.healthcheck.clear();
  config.user = executed.user;
  auto plan = entrypoint::plan_processes(input.files, config, {});
  for (auto& process : plan.processes) {
    process.role = entrypoint::Role::helper;
    process.tier = weaker(process.tier, executed.tier);
  }
  return std::move(plan.processes);
}

class Assembly {
 public:
  explicit Assembly(const LinkInput& input) : input_(input) {}

  void link_all(const std::vector<entrypoint::Process>& processes) {
    for (const auto& process : processes) link(process);
    std::size_t begin = 0;
    for (int depth = 0; depth < deepest_helper; ++depth) {
      const auto end = linked_.size();
      link_executed(begin, end);
      begin = end;
    }
  }

  [[nodiscard]] const std::vector<LinkedProcess>& linked() const { return linked_; }
  [[nodiscard]] bool cut() const { return cut_; }

 private:
  void link(const entrypoint::Process& process) {
    cut_ |= linked_.size() >= most_processes;
    if (linked_.size() >= most_processes) return;
    seen_.insert(key_of(process));
    linked_.push_back(close_process(input_, process));
  }

  void link_executed(std::size_t begin, std::size_t end);

  const LinkInput& input_;
  std::vector<LinkedProcess> linked_;
  std::set<ProgramKey> seen_;
  bool cut_ = false;
};

/// Links what the processes of a range execute; what several of them execute counts with the surest.
void Assembly::link_executed(std::size_t begin, std::size_t end) {
  std::vector<Executed> programs;
  std::map<rootfs::FileId, std::size_t> places;
  for (auto i = begin; i < end; ++i) {
    for (auto& executed : executed_by(linked_[i])) {
      const auto [place, added] = places.try_emplace(executed.file.file, programs.size());
      if (added)
        programs.push_back(std::move(executed));
      else
        programs[place->second].tier = std::min(programs[place->second].tier, executed.tier);
    }
  }
  for (const auto& executed : programs) {
    for (const auto& process : plan_executed(input_, executed)) {
      if (seen_.count(key_of(process)) == 0) link(process);
    }
  }
}

/// What is missing is missing for good, whoever would have opened it.
std::string_view via_text(linker::Via via) {
  return linker::via_name(via == linker::Via::opened || via == linker::Via::program ? linker::Via::needed : via);
}

std::size_t object_or_program(linker::ObjectIndex object) { return object == linker::no_object ? 0 : object; }

/// Each missing library of each object once, with the surest process.
std::vector<MissingLibrary> collect_missing(const std::vector<LinkedProcess>& linked) {
  std::vector<MissingLibrary> result;
  std::map<std::pair<std::string, std::string>, std::size_t> places;
  for (const auto& process : linked) {
    for (const auto& missing : process.map.missing()) {
      const auto object = object_or_program(missing.loader);
      MissingLibrary library{missing.name,
                             process.map.objects()[object].file.path,
                             std::string(via_text(missing.via)),
                             missing.tried,
                             missing.refused,
                             process.graph.tier(process.object_nodes[object]),
                             missing.optional};
      const auto [place, added] = places.try_emplace({library.name, library.needed_by}, result.size());
      if (added)
        result.push_back(std::move(library));
      else if (library.tier < result[place->second].tier)
        result[place->second] = std::move(library);
    }
  }
  return result;
}

std::vector<SearchWeakness> collect_weaknesses(const std::vector<LinkedProcess>& linked) {
  std::vector<SearchWeakness> result;
  std::set<std::pair<std::string, std::string>> seen;
  for (const auto& process : linked) {
    for (const auto& weakness : process.map.weaknesses()) {
      const auto& path = process.map.objects()[object_or_program(weakness.object)].file.path;
      if (seen.emplace(path, weakness.text).second) result.push_back({path, weakness.text});
    }
  }
  return result;
}

/// Sums over what a kernel or a linker could map: object files, kernel modules and cores are none of it.
void count_objects(const rootfs::FileSystem& files, Closure& closure) {
  std::set<rootfs::FileId> reached;
  for (const auto& file : closure.files) reached.insert(file.file);
  for (const auto file : files.elf_files()) {
    const auto type = files.elf(file)->type;
    if (type != elf::FileType::shared && type != elf::FileType::executable) continue;
    const auto bytes = files.size_bytes(file);
    ++closure.shared_objects;
    closure.shared_object_bytes += bytes;
    if (reached.count(file) != 0) continue;
    ++closure.unreached.shared_objects;
    closure.unreached.bytes += bytes;
  }
}

/// The last of the main programs is what stays.
Succession succession_of(const std::vector<LinkedProcess>& linked, std::size_t index) {
  for (auto later = index + 1; later < linked.size(); ++later)
    if (linked[later].process.role == linked[index].process.role) return Succession::followed;
  return Succession::last;
}

std::vector<Note> collect_notes(const std::vector<LinkedProcess>& linked, std::vector<Note> plan_notes, bool cut) {
  NoteList notes;
  notes.add_all(std::move(plan_notes));
  if (cut) notes.add("closure-cut", "", "the image starts more programs than are followed");
  for (const auto& process : linked)
    if (process.cut) notes.add("closure-cut", process.process.program.path, "loads more files than are followed");
  return notes.take();
}

}  // namespace

Closure close(const rootfs::FileSystem& files, const image::ImageConfig& config, const Settings& settings) {
  auto plan = entrypoint::plan_processes(files, config, settings.command_override);
  const LinkInput input{files, config, settings.cpu};
  Assembly assembly(input);
  assembly.link_all(plan.processes);
  const auto& linked = assembly.linked();

  Closure closure;
  auto merged = merge_uses(files, linked);
  closure.files = std::move(merged.files);
  const ModulePlaces places(files);
  for (std::size_t i = 0; i < linked.size(); ++i) {
    auto completeness = assess(files, linked[i], places, succession_of(linked, i));
    closure.processes.push_back({linked[i].process, completeness.coverage, std::move(completeness.openers),
                                 runtime_name(files, linked[i]), linked[i].configuration,
                                 std::move(merged.objects[i])});
  }
  closure.missing = collect_missing(linked);
  closure.weaknesses = collect_weaknesses(linked);
  closure.failures = std::move(plan.failures);
  closure.no_command = plan.no_command;
  closure.execs_arguments = plan.execs_arguments;
  closure.notes = collect_notes(linked, std::move(plan.notes), assembly.cut());
  count_objects(files, closure);
  return closure;
}

}  // namespace imgslim::runtime
