// What language runtimes make of their container: their flags, their limits, their allocators.
#include <algorithm>
#include <charconv>

#include "core/path.h"
#include "memory/environment.h"
#include "memory/problem_rules.h"

namespace imgslim::memory {
namespace {

using runtime::Finding;
using runtime::Severity;

std::string_view name_of(std::string_view runtime) { return runtime.substr(0, runtime.find(' ')); }

std::string_view version_of(std::string_view runtime) {
  const auto name = name_of(runtime);
  return runtime.substr(std::min(runtime.size(), name.size() + 1));
}

/// Those of the estimate's processes that have this runtime.
std::vector<const runtime::ProcessClosure*> processes_of(const ProblemInput& input, std::string_view runtime) {
  std::vector<const runtime::ProcessClosure*> found;
  for (const auto& process : input.startup.processes)
    if (name_of(input.closure.processes[process.process].runtime) == runtime)
      found.push_back(&input.closure.processes[process.process]);
  return found;
}

/// The mapped object of that base name.
const runtime::UsedFile* mapped(const ProblemInput& input, const runtime::ProcessClosure& process,
                                std::string_view begin) {
  for (const auto use : process.objects) {
    const auto& file = input.closure.files[use];
    if (file.tier <= Tier::likely && base_name(file.path).starts_with(begin)) return &file;
  }
  return nullptr;
}

/// Numbers of "11.0.16+8", "1.8.0_372", "20.3.1".
std::vector<unsigned> numbers_in(std::string_view version) {
  std::vector<unsigned> numbers;
  while (!version.empty() && numbers.size() < 5) {
    unsigned number = 0;
    const auto parsed = std::from_chars(version.data(), version.data() + version.size(), number);
    if (parsed.ec != std::errc()) break;
    numbers.push_back(number);
    version.remove_prefix(static_cast<std::size_t>(parsed.ptr - version.data()));
    if (version.empty() || (version[0] != '.' && version[0] != '_')) break;
    version.remove_prefix(1);
  }
  return numbers;
}

bool java_reads_cgroup_v2(std::string_view version) {
  auto numbers = numbers_in(version);
  if (numbers.size() > 1 && numbers[0] == 1) numbers.erase(numbers.begin());  // "1.8.0_372"
  if (numbers.empty()) return true;
  numbers.resize(3);
  switch (numbers[0]) {
    case 8:
      return numbers[2] >= 372;
    case 11:
      return numbers[1] > 0 || numbers[2] >= 16;
    default:
      return numbers[0] >= 15;
  }
}

bool node_reads_cgroup_v2(std::string_view version) {
  auto numbers = numbers_in(version);
  if (numbers.empty()) return true;
  numbers.resize(2);
  return numbers[0] > 20 || (numbers[0] == 20 && numbers[1] >= 3);
}

bool has_threads(std::string_view runtime) {
  return runtime == "java" || runtime == "ruby" || runtime == "dotnet" || runtime == "node";
}

/// A flag's name may be the end of a longer string (see layer/runtime_strings.cpp).
bool knows_flag(const std::vector<std::string>& words, std::string_view name) {
  return std::any_of(words.begin(), words.end(), [&](const std::string& word) { return word.ends_with(name); });
}

bool has_option(const std::vector<JvmOption>& options, std::string_view text) {
  return std::any_of(options.begin(), options.end(), [&](const JvmOption& option) { return option.text == text; });
}

}  // namespace

bool reads_cgroup_v2(std::string_view runtime_name, std::string_view version) {
  if (runtime_name == "java") return java_reads_cgroup_v2(version);
  return runtime_name != "node" || node_reads_cgroup_v2(version);
}

std::vector<Finding> unsettled_java_heap(const ProblemInput& input) {
  std::vector<Finding> result;
  for (const auto* process : processes_of(input, "java")) {
    const auto options = memory_options(jvm_options(process->process));
    const auto* machine = mapped(input, *process, "libjvm.so");
    const auto archive = machine == nullptr ? std::string() : std::string(parent_path(machine->path)) + "/classes.jsa";
    const bool has_archive = machine == nullptr || input.files.find(archive).has_value();
    const bool has_heap = options.max_heap_bytes || options.max_ram_percentage || !options.container_support;
    if (has_heap && has_archive) continue;
    std::string message;
    if (!has_heap) message = "the Java heap may take 25 % of the container's memory limit: set -XX:MaxRAMPercentage";
    if (!has_archive)
      message.append(message.empty() ? "" : "; ")
          .append(archive)
          .append(" is missing: classes are read anew at each start, java -Xshare:dump makes it");
    result.push_back(problem(Severity::info, process->process.program.path, message));
  }
  return result;
}

std::vector<Finding> unbounded_arenas(const ProblemInput& input) {
  std::vector<Finding> result;
  for (const auto& memory : input.startup.processes) {
    const auto& process = input.closure.processes[memory.process];
    const bool on_glibc = mapped(input, process, "libc.so.6") != nullptr;
    const bool has_allocator =
        mapped(input, process, "libjemalloc") != nullptr || mapped(input, process, "libtcmalloc") != nullptr;
    if (!has_threads(name_of(process.runtime)) || !on_glibc || has_allocator) continue;
    if (variable(process.process, "MALLOC_ARENA_MAX") || variable(process.process, "GLIBC_TUNABLES")) continue;
    result.push_back(problem(Severity::info, process.process.program.path,
                             process.runtime +
                                 " has threads, and glibc makes up to 8 arenas for each processor of the node: "
                                 "MALLOC_ARENA_MAX=2 bounds them (how much that saves depends on the load)"));
  }
  return result;
}

std::vector<Finding> threads_on_musl(const ProblemInput& input) {
  std::vector<Finding> result;
  for (const auto& memory : input.startup.processes) {
    const auto& process = input.closure.processes[memory.process];
    const bool on_musl = mapped(input, process, "ld-musl") != nullptr || mapped(input, process, "libc.musl") != nullptr;
    if (has_threads(name_of(process.runtime)) && on_musl)
      result.push_back(problem(Severity::info, process.process.program.path,
                               process.runtime +
                                   " has threads, and musl's allocator has one lock for all of them: small, but "
                                   "slow under load; mimalloc or jemalloc by LD_PRELOAD is not"));
  }
  return result;
}

std::vector<Finding> unknown_java_flag(const ProblemInput& input) {
  std::vector<Finding> result;
  for (const auto* process : processes_of(input, "java")) {
    const auto* machine = mapped(input, *process, "libjvm.so");
    const auto* strings = machine == nullptr ? nullptr : input.files.runtime_strings(machine->file);
    if (strings == nullptr || strings->vm_words.empty()) continue;
    const auto options = jvm_options(process->process);
    if (has_option(options, "-XX:+IgnoreUnrecognizedVMOptions")) continue;
    for (const auto& option : options) {
      const auto name = flag_name(option.text);
      if (name.empty() || name == "Flags" || knows_flag(strings->vm_words, name)) continue;
      auto finding = problem(Severity::error, machine->path,
                             "the container will not start: " + process->runtime + " does not know " + option.text +
                                 " of " + option.source + " (\"Unrecognized VM option\")");
      finding.evidence.push_back({machine->path, 0});
      result.push_back(std::move(finding));
    }
  }
  return result;
}

std::vector<Finding> ignores_cgroup_v2(const ProblemInput& input) {
  std::vector<Finding> result;
  for (const auto& memory : input.startup.processes) {
    const auto& process = input.closure.processes[memory.process];
    const auto name = name_of(process.runtime), version = version_of(process.runtime);
    if (version.empty() || reads_cgroup_v2(name, version)) continue;
    const auto* const since = name == "java" ? "8u372, 11.0.16 or 15" : "20.3";
    result.push_back(problem(Severity::warning, process.process.program.path,
                             process.runtime +
                                 " ignores cgroup v2 limits and takes the node's memory for its own: they are "
                                 "read since " +
                                 since));
  }
  return result;
}

}  // namespace imgslim::memory
