// A language runtime's heap after start is nearly a constant of its minor version, plus so much for each byte of code
// that it loads, and of Node for each module; a native program's is up to its configuration, for which the square root
// of the pages that the loader writes is no more than a hint. Programs of other virtual machines (Erlang, SBCL, Guile
// …) carry large heaps of their own.
#include "memory/runtime_heap.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/path.h"
#include "memory/jvm_options.h"

namespace imgslim::memory {
namespace {

/// Programs whose heap comes from an image or virtual machine of their own: native figures would mislead.
bool is_unmeasured_machine(std::string_view name, std::string_view runtime) {
  constexpr std::array names{std::string_view("beam"),  std::string_view("sbcl"),   std::string_view("guile"),
                             std::string_view("swipl"), std::string_view("mono"),   std::string_view("ocaml"),
                             std::string_view("julia"), std::string_view("racket"), std::string_view("ghc")};
  return runtime.starts_with("dotnet") || runtime == "r" ||
         std::any_of(names.begin(), names.end(), [&](std::string_view begin) { return name.starts_with(begin); });
}

std::string_view name_of(std::string_view runtime) { return runtime.substr(0, runtime.find(' ')); }

/// "3.11" of "python 3.11.2", "17" of "java 17.0.9": what a profile is for.
std::string profile_name(std::string_view runtime) {
  const auto name = name_of(runtime);
  const auto version = runtime.substr(std::min(runtime.size(), name.size() + 1));
  const auto first = version.find('.');
  const bool by_major = name == "java" || name == "node" || name == "dotnet";
  const auto second = by_major || first == std::string_view::npos ? first : version.find('.', first + 1);
  const auto minor = version.substr(0, second);
  return minor.empty() ? std::string(name) : std::string(name).append(" ").append(minor);
}

const RuntimeProfile* find_profile(const Coefficients& coefficients, std::string_view name) {
  const auto& all = coefficients.runtimes;
  const auto exact = std::find_if(all.begin(), all.end(), [&](const auto& each) { return each.runtime == name; });
  if (exact != all.end()) return &*exact;
  // Of several versions the one that was measured most.
  const RuntimeProfile* best = nullptr;
  for (const auto& each : all)
    if (name_of(each.runtime) == name_of(name) && (best == nullptr || each.programs > best->programs)) best = &each;
  return best;
}

std::uint64_t kib(double value) { return static_cast<std::uint64_t>(std::llround(std::max(0.0, value) * 1024)); }

ProcessKind native_kind(const HeapInput& input) {
  const auto& path = input.process.process.program.path;
  const bool serves = input.exposes_ports || input.process.process.role == entrypoint::Role::service ||
                      base_name(parent_path(path)) == "sbin";
  return serves ? ProcessKind::server : ProcessKind::tool;
}

/// Adds KiB, or takes away, of both kinds.
void resize(RuntimeHeap& heap, double change_kib) {
  heap.bytes = kib(static_cast<double>(heap.bytes) / 1024 + change_kib);
  heap.private_bytes = std::min(heap.bytes, kib(static_cast<double>(heap.private_bytes) / 1024 + change_kib));
}

/// OPcache keeps its shared memory out of PHP's command line program, unless that is a web server (php.net,
/// opcache.enable_cli).
bool serves_php(const HeapInput& input) {
  const auto& process = input.process.process;
  if (!input.has_opcode_cache) return false;
  const auto name = base_name(process.program.path);
  const bool is_command_line = name.starts_with("php") && !name.starts_with("php-fpm") && !name.starts_with("php-cgi");
  return !is_command_line || std::find(process.argv.begin(), process.argv.end(), "-S") != process.argv.end();
}

/// What native programs have, by how much the loader has to relocate for them.
std::uint64_t native_heap_bytes(const HeapInput& input, const Coefficients& coefficients) {
  return kib(coefficients.native_heap_per_root_kib * std::sqrt(static_cast<double>(input.dirty_bytes) / 1024));
}

std::uint64_t compiling_memory_of(std::uint64_t source_bytes, const RuntimeProfile& profile,
                                  const Coefficients& coefficients) {
  const auto grown_kib = coefficients.bytecode_own_per_source * static_cast<double>(source_bytes) / 1024;
  return kib(std::min(grown_kib, profile.bytecode_most_kib));
}

/// A native program with a runtime in it ("gdb", "uwsgi") has a heap of its own beside the runtime's.
bool embeds(const HeapInput& input) {
  const auto runtime = name_of(input.process.runtime);
  return runtime != "go" && !base_name(input.process.process.program.path).starts_with(runtime);
}

double code_memory_kib(const HeapInput& input, const RuntimeProfile& profile) {
  const auto bytes = name_of(input.process.runtime) == "go" ? input.text_bytes : input.code_bytes;
  const auto code_kib = static_cast<double>(bytes) / 1024;
  const auto application_kib = static_cast<double>(input.application_code_bytes) / 1024;
  return std::max(profile.per_code_kib * code_kib + profile.per_root_kib * std::sqrt(code_kib),
                  profile.per_application_kib * std::min(application_kib, profile.most_application_kib));
}

bool has_many_modules(std::uint64_t modules, const RuntimeProfile& profile) {
  return profile.many_modules > 0 && modules >= profile.many_modules;
}

RuntimeHeap profiled_heap(const HeapInput& input, const RuntimeProfile& profile, std::string_view wanted,
                          const Coefficients& coefficients) {
  const auto runtime = name_of(input.process.runtime);
  RuntimeHeap heap;
  heap.profile = profile.runtime;
  heap.kind = profile.runtime == wanted ? ProcessKind::managed : ProcessKind::managed_other_version;
  const auto serving_kib = runtime == "php" && serves_php(input) ? profile.serving_kib : 0.0;
  const auto modules_kib = profile.per_module_kib * static_cast<double>(input.modules);
  heap.bytes = kib(profile.fixed_kib + code_memory_kib(input, profile) + serving_kib + modules_kib);
  heap.private_bytes = std::min(heap.bytes, kib(profile.private_share * static_cast<double>(heap.bytes) / 1024));
  heap.fixed_bytes = kib(profile.fixed_kib);
  heap.cold_bytes = kib(profile.cold_kib);
  heap.bytecode_bytes = compiling_memory_of(input.compiled_anew_bytes, profile, coefficients);
  heap.bytes += heap.bytecode_bytes;
  heap.private_bytes += heap.bytecode_bytes;
  if (runtime == "java" && !memory_options(jvm_options(input.process.process)).class_sharing)
    resize(heap, profile.without_class_sharing_kib);
  heap.buffer_bytes = input.buffer_bytes;
  resize(heap, static_cast<double>(heap.buffer_bytes) / 1024);
  if (!embeds(input)) return heap;
  const auto own = native_heap_bytes(input, coefficients);
  heap.bytes += own;
  heap.private_bytes += own;
  return heap;
}

}  // namespace

UsedBy used_by(const HeapInput& input, const Coefficients& coefficients) {
  const auto* const profile = find_profile(coefficients, profile_name(input.process.runtime));
  if (profile != nullptr && !embeds(input))
    return has_many_modules(input.modules, *profile) ? UsedBy::managed_many : UsedBy::managed;
  const bool serves = profile == nullptr && native_kind(input) == ProcessKind::server;
  return serves ? UsedBy::native_server : UsedBy::native_tool;
}

RuntimeHeap runtime_heap(const HeapInput& input, const Coefficients& coefficients) {
  const auto& runtime = input.process.runtime;
  const auto wanted = profile_name(runtime);
  if (const auto* profile = find_profile(coefficients, wanted))
    return profiled_heap(input, *profile, wanted, coefficients);
  RuntimeHeap heap;
  heap.kind = native_kind(input);
  heap.bytes = heap.private_bytes = native_heap_bytes(input, coefficients);
  const auto name = base_name(input.process.process.program.path);
  if (is_unmeasured_machine(name, runtime)) return heap;
  heap.profile = "native";
  if (const auto known = coefficients.programs.find(name); known != coefficients.programs.end()) {
    heap.bytes = kib(known->second.heap_kib);
    heap.private_bytes = kib(known->second.heap_kib * known->second.private_share);
    heap.profile.append(" ").append(name);
  }
  return heap;
}

std::uint64_t compiling_memory(std::uint64_t source_bytes, std::string_view runtime, const Coefficients& coefficients) {
  const auto* profile = find_profile(coefficients, profile_name(runtime));
  return profile ? compiling_memory_of(source_bytes, *profile, coefficients) : 0;
}

}  // namespace imgslim::memory
