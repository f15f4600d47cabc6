// A language runtime's heap after start is nearly a constant of its minor version, plus so much for each byte of code
// that it loads; a native program's is up to its configuration, for which the square root of the pages that the loader
// writes is no more than a hint. Programs of other virtual machines (Erlang, SBCL, Guile …) carry large heaps of their
// own.
#include "memory/runtime_heap.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/path.h"

namespace imgslim::memory {
namespace {

/// Programs whose heap comes from an image or virtual machine of their own: native figures would mislead.
bool is_unmeasured_machine(std::string_view program, std::string_view runtime) {
  constexpr std::array names{std::string_view("beam"),  std::string_view("sbcl"),   std::string_view("guile"),
                             std::string_view("swipl"), std::string_view("mono"),   std::string_view("ocaml"),
                             std::string_view("julia"), std::string_view("racket"), std::string_view("ghc")};
  const auto name = base_name(program);
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

}  // namespace

RuntimeHeap runtime_heap(const HeapInput& input, const Coefficients& coefficients) {
  const auto& runtime = input.process.runtime;
  const auto wanted = profile_name(runtime);
  RuntimeHeap heap;
  if (const auto* profile = find_profile(coefficients, wanted)) {
    const auto code = name_of(runtime) == "go" ? input.text_bytes : input.code_bytes;
    heap.profile = profile->runtime;
    heap.kind = profile->runtime == wanted ? ProcessKind::managed : ProcessKind::managed_other_version;
    heap.bytes = kib(profile->fixed_kib + profile->per_code_kib * static_cast<double>(code) / 1024);
    heap.private_bytes = std::min(
        heap.bytes, static_cast<std::uint64_t>(std::llround(profile->private_share * static_cast<double>(heap.bytes))));
    return heap;
  }
  heap.kind = native_kind(input);
  heap.bytes = kib(coefficients.native_heap_per_root_kib * std::sqrt(static_cast<double>(input.dirty_bytes) / 1024));
  heap.private_bytes = heap.bytes;
  if (!is_unmeasured_machine(input.process.process.program.path, runtime)) heap.profile = "native";
  return heap;
}

}  // namespace imgslim::memory
