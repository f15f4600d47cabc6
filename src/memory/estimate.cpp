// Objects are estimated in each process by themselves, then put together: pages of a file are in memory once for all
// processes of a container, private ones once for each.
#include "memory/estimate.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "core/path.h"
#include "memory/bytecode.h"
#include "memory/object_memory.h"
#include "memory/object_reach.h"
#include "memory/runtime_heap.h"
#include "memory/start_buffers.h"
#include "memory/worker_pool.h"
#include "plugins/application_archives.h"

namespace imgslim::memory {
namespace {

using runtime::UseIndex;

std::uint64_t scaled(std::uint64_t bytes, double factor) {
  return static_cast<std::uint64_t>(std::llround(static_cast<double>(bytes) * factor));
}

ByteRange range_of(std::uint64_t estimate, const Interval& interval, std::uint64_t least) {
  ByteRange range;
  range.estimate = std::max(estimate, least);
  range.low = std::max(least, scaled(estimate, interval.low));
  range.high = std::max(range.estimate, scaled(estimate, interval.high));
  return range;
}

/// Programs that stay when a script has started them in front: of directories for servers, of language runtimes, or any
/// where the image exposes ports.
bool may_stay(const runtime::ProcessClosure& process, bool exposes_ports) {
  const bool is_managed = process.runtime != "native" && process.runtime != "static";
  return exposes_ports || is_managed || base_name(parent_path(process.process.program.path)) == "sbin";
}

/// The program that a shell waits for: the last one that its script starts, when the shell stays process 1 itself.
std::optional<std::uint32_t> waited_for(const runtime::Closure& closure, std::uint32_t main, bool exposes_ports) {
  const auto name = base_name(closure.processes[main].process.program.path);
  const bool is_shell = name == "dash" || name == "bash" || name == "busybox" || name == "sh";
  for (auto i = closure.processes.size(); is_shell && i-- > 0;) {
    const auto& process = closure.processes[i].process;
    const bool is_of_script =
        process.role == entrypoint::Role::helper || (process.role == entrypoint::Role::main && i != main);
    if (!is_of_script || process.tier > Tier::likely) continue;
    if (closure.processes[i].objects.empty()) continue;
    if (may_stay(closure.processes[i], exposes_ports)) return static_cast<std::uint32_t>(i);
    return std::nullopt;
  }
  return std::nullopt;
}

/// The programs that are there once the container has started: the first main one that is sure enough with what it
/// waits for, and services.
std::vector<std::uint32_t> lasting_processes(const runtime::Closure& closure, bool exposes_ports) {
  std::vector<std::uint32_t> result;
  bool has_main = false;
  for (std::uint32_t i = 0; i < closure.processes.size(); ++i) {
    const auto& process = closure.processes[i].process;
    if (process.tier > Tier::likely || closure.processes[i].objects.empty()) continue;
    const bool is_main = process.role == entrypoint::Role::main && !has_main;
    if (is_main || process.role == entrypoint::Role::service) result.push_back(i);
    if (is_main)
      if (const auto helper = waited_for(closure, i, exposes_ports)) result.push_back(*helper);
    has_main = has_main || is_main;
  }
  return result;
}

/// A file in one of the processes that use it.
struct UseIn {
  UseIndex use;
  std::uint32_t process;
};

class Estimator {
 public:
  Estimator(const EstimateInput& input, const Coefficients& coefficients)
      : input_(input),
        coefficients_(coefficients),
        indirect_(indirect_objects(input.closure, input.files.tree(), input.owners)) {}

  std::optional<StartupEstimate> run() && {
    for (const auto process : lasting_processes(input_.closure, input_.exposes_ports)) add_process(process);
    if (result_.processes.empty()) return std::nullopt;
    sum_objects();
    sum_processes();
    return std::move(result_);
  }

 private:
  void add_process(std::uint32_t index) {
    const auto& process = input_.closure.processes[index];
    ProcessMemory memory;
    memory.process = index;
    HeapInput heap{process};
    heap.exposes_ports = input_.exposes_ports;
    count_code(index, heap);
    memory.code_bytes = heap.code_bytes;
    memory.application_code_bytes = heap.application_code_bytes;
    heap.buffer_bytes = start_buffer_bytes(process, input_.files);
    const auto used = used_by(heap, coefficients_);
    bool first = true;
    doubtful_bytes_ = 0;
    for (const auto use : process.objects) {
      if (input_.closure.files[use].tier > Tier::likely) continue;
      const auto is_program = !first ? IsProgram::no : process.runtime == "go" ? IsProgram::go : IsProgram::yes;
      for (const auto& part : add_object({use, index}, is_program, used)) add_part(part, first, memory, heap);
      heap.has_opcode_cache |= base_name(input_.closure.files[use].path) == "opcache.so";
      first = false;
    }
    heap.compiled_anew_bytes = bytecode_state(input_.closure, index, input_.files).compiled_anew_bytes;
    auto found = runtime_heap(heap, coefficients_);
    add_workers(process, found, memory);
    add_heap(found, memory);
    result_.processes.push_back(std::move(memory));
  }

  static void add_part(const PartMemory& part, bool of_program, ProcessMemory& memory, HeapInput& heap) {
    (part.part == Part::bss ? memory.anonymous_bytes : memory.file_private_bytes) += part.private_bytes;
    memory.file_shareable_bytes += part.resident_bytes - part.private_bytes;
    memory.certain_bytes += part.certain_bytes;
    heap.dirty_bytes += part.dirty_bytes;
    if (of_program && part.part == Part::text) heap.text_bytes += part.mapped_bytes;
  }

  /// Puts the object into the list and returns its parts in this process.
  std::vector<PartMemory> add_object(const UseIn& in, IsProgram is_program, UsedBy used) {
    const auto& file = input_.closure.files[in.use];
    const auto* facts = input_.files.elf(file.file);
    if (facts == nullptr) return {};
    const auto name = base_name(file.path);
    const auto kind = kind_of(name, is_program);
    const auto program = base_name(input_.closure.processes[in.process].process.program.path);
    const ObjectUse use{name, kind, used, indirect_[in.use], program};
    auto parts = object_parts(*facts, use, coefficients_);
    doubtful_bytes_ += doubtful_bytes(*facts, use, parts, coefficients_);
    const auto [at, is_new] = places_.try_emplace(in.use, result_.objects.size());
    if (is_new) {
      ObjectMemory object;
      object.use = in.use;
      object.kind = kind;
      object.indirect = indirect_[in.use];
      object.parts = parts;
      result_.objects.push_back(std::move(object));
    }
    auto& object = result_.objects[at->second];
    // A program in one process may be a library of another one.
    for (std::size_t i = 0; i < parts.size(); ++i)
      if (object.parts[i].resident_bytes < parts[i].resident_bytes) object.parts[i] = parts[i];
    object.processes.push_back(in.process);
    return parts;
  }

  void count_code(std::uint32_t process, HeapInput& heap) const {
    plugins::ApplicationArchives archives;
    for (const auto& file : input_.closure.files)
      if (file.use == plugins::Use::source && file.tier <= Tier::likely &&
          std::binary_search(file.processes.begin(), file.processes.end(), process)) {
        const auto* facts = input_.files.source(file.file);
        const auto bytes =
            facts != nullptr && facts->code_bytes ? *facts->code_bytes : input_.files.size_bytes(file.file);
        heap.code_bytes += bytes;
        ++heap.modules;
        archives.add(file.path, input_.files.java_archive(file.file), bytes);
      }
    heap.application_code_bytes = archives.bytes();
  }

  /// Workers share their server's pages until they write to them.
  void add_workers(const runtime::ProcessClosure& process, RuntimeHeap& heap, ProcessMemory& memory) const {
    const auto pool = worker_pool(process, input_.files, input_.processors);
    if (!pool || pool->workers == 0) return;
    auto found = coefficients_.workers.find(pool->server);
    if (found == coefficients_.workers.end()) found = coefficients_.workers.find("");
    if (found == coefficients_.workers.end()) return;
    const auto& known = found->second;
    const bool loads_in_workers = known.server_kib > 0;
    const auto server = loads_in_workers ? heap.fixed_bytes + scaled(1024, known.server_kib) : heap.private_bytes;
    const auto each = scaled(1024, known.own_kib) + scaled(heap.private_bytes, known.of_heap);
    memory.workers = pool->workers;
    memory.worker_pool = pool->server;
    memory.worker_bytes = pool->workers * (each - std::min(each, scaled(server, known.shared)));
    heap.bytes += server + memory.worker_bytes - heap.private_bytes;
    heap.private_bytes = server + memory.worker_bytes;
  }

  [[nodiscard]] static bool is_measured_program(const ProcessMemory& memory) {
    return memory.profile.starts_with("native ");
  }

  [[nodiscard]] static Interval wider(const Interval& one, const Interval& other) {
    return {std::min(one.low, other.low), std::max(one.high, other.high)};
  }

  [[nodiscard]] Interval interval_of(const ProcessMemory& memory) const {
    // Heaps that configuration decides make the interval of servers what it is; this one was measured.
    const auto kind = is_measured_program(memory) ? ProcessKind::tool : memory.kind;
    auto interval = coefficients_.processes[static_cast<std::size_t>(kind)];
    if (kind != ProcessKind::managed) return interval;
    const auto known = coefficients_.of_runtime.find(memory.profile.substr(0, memory.profile.find(' ')));
    if (known != coefficients_.of_runtime.end()) interval = wider(interval, known->second);
    if (memory.workers > 0) interval = wider(interval, coefficients_.managed_workers);
    // What it loads besides is not known.
    if (input_.closure.processes[memory.process].coverage == runtime::Coverage::unknown)
      interval.high = std::max(
          interval.high, coefficients_.processes[static_cast<std::size_t>(ProcessKind::managed_other_version)].high);
    return interval;
  }

  void add_heap(const RuntimeHeap& heap, ProcessMemory& memory) {
    memory.kind = heap.kind;
    memory.profile = heap.profile;
    memory.heap_bytes = heap.bytes;
    memory.heap_private_bytes = heap.private_bytes;
    memory.buffer_bytes = heap.buffer_bytes;
    memory.bytecode_bytes = heap.bytecode_bytes;
    result_.cold_cache_bytes += heap.cold_bytes;
    memory.anonymous_bytes += heap.private_bytes;
    memory.file_shareable_bytes += heap.bytes - heap.private_bytes;
    const auto sum = memory.anonymous_bytes + memory.file_shareable_bytes + memory.file_private_bytes;
    const auto interval = interval_of(memory);
    memory.resident = range_of(sum, interval, memory.certain_bytes);
    const auto doubtful = is_measured_program(memory) ? 0 : doubtful_bytes_;
    memory.resident.low = std::max(memory.certain_bytes, scaled(sum - doubtful, interval.low));
    if (!heap.profile.empty()) return;
    memory.resident.low = sum - heap.bytes;
    memory.resident.high.reset();
  }

  void sum_objects() {
    for (auto& object : result_.objects) {
      std::uint64_t shared = 0, certain = 0;
      const auto count = object.processes.size();
      for (const auto& part : object.parts) {
        const auto file_pages = part.resident_bytes - part.private_bytes;
        shared += file_pages;
        certain += part.certain_bytes - part.dirty_bytes + part.dirty_bytes * count;
        object.dirty_bytes += part.dirty_bytes * count;
        object.private_bytes += part.private_bytes * count;
        auto& sum = part.part == Part::bss ? result_.anonymous_bytes : result_.file_private_bytes;
        sum += part.private_bytes * count;
      }
      object.certain_bytes = certain;
      object.resident = range_of(shared + object.private_bytes, coefficients_.object, certain);
      limit_to_mapped(object);
      result_.file_shareable_bytes += shared;
      result_.certain_bytes += certain;
    }
  }

  static void limit_to_mapped(ObjectMemory& object) {
    std::uint64_t mapped = 0;
    for (const auto& part : object.parts) mapped += part.mapped_bytes;
    mapped *= object.processes.size();
    if (object.resident.high)
      object.resident.high = std::max(object.resident.estimate, std::min(*object.resident.high, mapped));
  }

  void sum_processes() {
    std::uint64_t single = 0, low = 0, high = 0;
    bool bounded = true;
    for (const auto& process : result_.processes) {
      result_.heap_bytes += process.heap_bytes;
      result_.anonymous_bytes += process.heap_private_bytes;
      result_.file_shareable_bytes += process.heap_bytes - process.heap_private_bytes;
      single += process.anonymous_bytes + process.file_private_bytes + process.file_shareable_bytes;
      low += process.resident.low;
      high += process.resident.high.value_or(0);
      bounded = bounded && process.resident.high.has_value();
    }
    auto& total = result_.resident;
    total.estimate = result_.anonymous_bytes + result_.file_shareable_bytes + result_.file_private_bytes;
    const auto share = single == 0 ? 1 : static_cast<double>(total.estimate) / static_cast<double>(single);
    total.low = std::min(total.estimate, std::max(result_.certain_bytes, scaled(low, share)));
    if (bounded) total.high = std::max(total.estimate, scaled(high, share));
    sum_cold_start();
    result_.origin = coefficients_.origin;
    sum_limit();
  }

  /// Read-ahead brings whole files into the page cache, little as a process may touch of them.
  void sum_cold_start() {
    std::uint64_t files = 0;
    for (const auto& object : result_.objects)
      for (const auto& part : object.parts) files += part.part == Part::bss ? 0 : part.mapped_bytes;
    for (const auto& process : result_.processes) files += process.code_bytes;
    result_.cold_cache_bytes += scaled(files, coefficients_.cold_file_share);
    result_.cold_active_bytes = scaled(result_.cold_cache_bytes, coefficients_.cold_active_share);
  }

  void sum_limit() {
    auto processes = static_cast<double>(result_.processes.size());
    for (const auto& process : result_.processes) processes += static_cast<double>(process.workers);
    const auto kernel_kib = coefficients_.kernel_fixed_kib + coefficients_.kernel_per_process_kib * processes;
    result_.kernel_bytes =
        scaled(1024, kernel_kib) + scaled(result_.resident.estimate, coefficients_.kernel_per_resident);
    std::uint64_t written = 0;
    for (const auto& object : result_.objects) written += object.dirty_bytes;
    const auto own = result_.anonymous_bytes + result_.file_private_bytes;
    const bool known =
        std::all_of(result_.processes.begin(), result_.processes.end(), [](const ProcessMemory& process) {
          return process.kind == ProcessKind::managed || is_measured_program(process);
        });
    const auto& interval = known ? coefficients_.own_managed : coefficients_.own_native;
    auto& limit = result_.start_limit;
    limit.estimate = own + result_.kernel_bytes;
    limit.low = std::min(own, std::max(written, scaled(own, interval.low))) + result_.kernel_bytes;
    if (result_.resident.high) limit.high = scaled(own, interval.high) + result_.kernel_bytes;
  }

  const EstimateInput& input_;
  const Coefficients& coefficients_;
  const std::vector<bool> indirect_;
  StartupEstimate result_;
  std::map<UseIndex, std::size_t> places_;
  std::uint64_t doubtful_bytes_ = 0;  ///< of the process that is being added
};

}  // namespace

std::optional<StartupEstimate> estimate(const EstimateInput& input, const Coefficients& coefficients) {
  return Estimator(input, coefficients).run();
}

}  // namespace imgslim::memory
