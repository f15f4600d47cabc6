#include "analysis/runtime_rows.h"

#include <algorithm>

#include "core/check.h"

namespace imgslim::analysis {
namespace {

using entrypoint::Role;
using plugins::Use;
using runtime::Coverage;

std::string_view role_name(Role role) {
  constexpr std::string_view names[] = {"main", "helper", "service", "healthcheck"};
  return names[static_cast<std::size_t>(role)];
}

std::string_view use_name(Use use) {
  constexpr std::string_view names[] = {"object", "data", "source", "program"};
  return names[static_cast<std::size_t>(use)];
}

std::string_view coverage_name(Coverage coverage) {
  constexpr std::string_view names[] = {"complete", "rules", "unknown"};
  return names[static_cast<std::size_t>(coverage)];
}

std::string_view obstacle_name(entrypoint::Obstacle obstacle) {
  constexpr std::string_view names[] = {"not_found",       "not_executable",   "not_a_program", "no_interpreter",
                                        "carriage_return", "interpreter_loop", "no_shell"};
  return names[static_cast<std::size_t>(obstacle)];
}

/// Report paths have no leading "/".
std::string report_path(std::string_view path) { return std::string(path.substr(path.starts_with('/') ? 1 : 0)); }

std::vector<std::string> report_paths(const std::vector<std::string>& paths) {
  std::vector<std::string> result;
  for (const auto& path : paths) result.push_back(report_path(path));
  return result;
}

bool serves(const entrypoint::Process& process) { return process.role == Role::main || process.role == Role::service; }

bool is_used(const runtime::UsedFile& file) { return file.tier <= Tier::likely; }

/// The worst of the processes, wrappers that stay and helpers that may run included: what a doubtful helper loads must
/// not be called unreached. Unknown when none serves.
Coverage overall_coverage(const runtime::Closure& closure) {
  auto worst = Coverage::complete;
  bool any = false;
  for (const auto& process : closure.processes) {
    if (process.process.role == Role::healthcheck) continue;
    any = any || (serves(process.process) && process.process.tier <= Tier::likely);
    worst = std::max(worst, process.coverage);
  }
  return any ? worst : Coverage::unknown;
}

/// What "possible" counts for less than: a process of the image maps it.
bool is_loaded(const runtime::Closure& closure, const runtime::UsedFile& file) {
  return file.use == Use::object && is_used(file) &&
         std::any_of(file.processes.begin(), file.processes.end(),
                     [&](std::uint32_t process) { return serves(closure.processes[process].process); });
}

std::vector<RuntimeStep> steps(const std::vector<entrypoint::Step>& chain) {
  std::vector<RuntimeStep> rows;
  for (const auto& step : chain) rows.push_back({report_path(step.path), step.how});
  return rows;
}

RuntimeProcess process_row(const runtime::Closure& closure, const runtime::ProcessClosure& process,
                           const rootfs::FileSystem& files) {
  RuntimeProcess row;
  row.role = role_name(process.process.role);
  row.confidence = tier_name(process.process.tier);
  row.argv = process.process.argv;
  row.program = report_path(process.process.program.path);
  for (const auto& script : process.process.scripts) row.scripts.push_back(report_path(script.path));
  row.applet = process.process.applet;
  row.chain = steps(process.process.chain);
  row.runtime = process.runtime;
  row.coverage = coverage_name(process.coverage);
  row.openers = report_paths(process.openers);
  for (const auto index : process.objects) {
    if (!is_used(closure.files[index])) continue;
    ++row.objects;
    row.visible_bytes += files.size_bytes(closure.files[index].file);
  }
  return row;
}

RuntimeMissing missing_row(const runtime::MissingLibrary& missing) {
  return {missing.name,    report_path(missing.needed_by),
          missing.via,     std::string(tier_name(missing.tier)),
          missing.tried,   missing.refused,
          missing.optional};
}

RuntimeFailure failure_row(const entrypoint::Failure& failure) {
  return {std::string(role_name(failure.role)), std::string(obstacle_name(failure.obstacle)), failure.command,
          report_path(failure.path), failure.detail};
}

/// Splits the ELF files: loaded, possible, unreached.
void add_sums(const runtime::Closure& closure, const rootfs::FileSystem& files, ReportRuntime& section) {
  for (const auto& file : closure.files) {
    const auto* elf = files.elf(file.file);
    if (elf == nullptr || (elf->type != elf::FileType::shared && elf->type != elf::FileType::executable)) continue;
    auto& sum = is_used(file) ? section.loaded : section.possible;
    ++sum.shared_objects;
    sum.bytes += files.size_bytes(file.file);
  }
  section.all = {closure.shared_objects, closure.shared_object_bytes};
  section.unreached = {closure.unreached.shared_objects, closure.unreached.bytes};
}

RuntimeTrace trace_section(const runtime::Closure& closure, const rootfs::FileSystem& files) {
  const auto& trace = closure.trace;
  RuntimeTrace section{trace.sources, trace.covers, trace.paths, trace.missing_paths, trace.files.size(), 0, 0, 0};
  for (const auto file : trace.files) section.visible_bytes += files.size_bytes(file);
  for (const auto& file : closure.files) {
    if (file.via != runtime::trace_via) continue;
    ++section.added_files;
    section.added_bytes += files.size_bytes(file.file);
  }
  return section;
}

std::vector<std::string> command_of(const Analysis& analysis) {
  const auto& config = analysis.info.config;
  auto command = config.entrypoint;
  const auto& rest = analysis.command ? *analysis.command : config.cmd;
  command.insert(command.end(), rest.begin(), rest.end());
  return command;
}

}  // namespace

attribution::PackageIndex owner_of(const Analysis& analysis, const runtime::UsedFile& file) {
  return attribution::owner_of(analysis.owners, analysis.tree, file.path);
}

RuntimeFile used_file_row(const Analysis& analysis, runtime::UseIndex index) {
  const auto& used = analysis.closure.files;
  const auto& file = used[index];
  RuntimeFile row;
  row.path = report_path(file.path);
  row.use = use_name(file.use);
  if (const auto* elf = analysis.files.elf(file.file)) row.soname = elf->soname;
  row.confidence = tier_name(file.tier);
  row.via = file.via;
  if (file.from != runtime::no_use) row.needed_by = report_path(used[file.from].path);
  row.requested = file.requested;
  row.detail = file.detail;
  row.assumed = file.assumed;
  row.processes = file.processes;
  row.layer = analysis.tree.layer_of(file.file);
  if (const auto owner = owner_of(analysis, file); owner != attribution::no_package)
    row.package = analysis.owners.packages[owner].name;
  row.visible_bytes = analysis.files.size_bytes(file.file);
  return row;
}

std::optional<runtime::UseIndex> use_of(const Analysis& analysis, rootfs::FileId file) {
  const auto& used = analysis.closure.files;
  const auto found =
      std::find_if(used.begin(), used.end(), [&](const runtime::UsedFile& row) { return row.file == file; });
  if (found == used.end()) return std::nullopt;
  return static_cast<runtime::UseIndex>(found - used.begin());
}

std::vector<RuntimeFile> reason_chain(const Analysis& analysis, runtime::UseIndex index) {
  std::vector<RuntimeFile> chain;
  for (auto at = index; at != runtime::no_use; at = analysis.closure.files[at].from) {
    IMGSLIM_CHECK(chain.size() <= analysis.closure.files.size());
    chain.push_back(used_file_row(analysis, at));
  }
  std::reverse(chain.begin(), chain.end());
  return chain;
}

ReportRuntime runtime_section(const Analysis& analysis) {
  const auto& closure = analysis.closure;
  ReportRuntime section;
  section.command = command_of(analysis);
  section.no_command = closure.no_command;
  for (const auto& process : closure.processes) {
    section.processes.push_back(process_row(closure, process, analysis.files));
    if (process.process.role == Role::main) section.entrypoint = section.processes.back().chain;
  }
  for (runtime::UseIndex i = 0; i < closure.files.size(); ++i) {
    auto& list = closure.files[i].use == Use::object ? section.objects : section.files;
    list.push_back(used_file_row(analysis, i));
  }
  for (const auto& missing : closure.missing) section.missing.push_back(missing_row(missing));
  for (const auto& failure : closure.failures) section.failures.push_back(failure_row(failure));
  add_sums(closure, analysis.files, section);
  section.coverage = coverage_name(overall_coverage(closure));
  if (!closure.trace.sources.empty()) section.trace = trace_section(closure, analysis.files);
  return section;
}

std::vector<std::uint64_t> mapped_bytes(const Analysis& analysis) {
  std::vector<std::uint64_t> bytes(analysis.tree.layer_count(), 0);
  for (const auto& file : analysis.closure.files)
    if (file.use == Use::object && is_used(file))
      bytes[analysis.tree.layer_of(file.file)] += analysis.files.size_bytes(file.file);
  return bytes;
}

std::string_view file_state(const Analysis& analysis, std::optional<runtime::UseIndex> use) {
  const auto& closure = analysis.closure;
  if (use) return is_loaded(closure, closure.files[*use]) ? "loaded" : "reachable";
  if (overall_coverage(closure) != Coverage::unknown) return "unreached";
  return closure.trace.covers ? "untraced" : "unknown";
}

std::vector<std::string_view> package_states(const Analysis& analysis) {
  std::vector<std::string_view> states(analysis.owners.packages.size(), file_state(analysis, std::nullopt));
  for (runtime::UseIndex i = 0; i < analysis.closure.files.size(); ++i) {
    const auto owner = owner_of(analysis, analysis.closure.files[i]);
    if (owner != attribution::no_package && states[owner] != "loaded") states[owner] = file_state(analysis, i);
  }
  return states;
}

}  // namespace imgslim::analysis
