#include "memory/heap_limit.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "memory/dotnet_settings.h"
#include "memory/environment.h"

namespace imgslim::memory {
namespace {

constexpr std::uint64_t mib = 1u << 20, gib = 1u << 30;

std::uint64_t part_of(std::uint64_t bytes, double percent) {
  return static_cast<std::uint64_t>(static_cast<double>(bytes) * std::clamp(percent, 0.0, 100.0) / 100);
}

std::string percent_text(double percent) {
  const auto rounded = std::llround(percent * 10);
  auto text = std::to_string(rounded / 10);
  if (rounded % 10 != 0) text.append(".").append(std::to_string(rounded % 10));
  return text + " % of the limit";
}

std::optional<std::uint64_t> parse_number(std::string_view text, int radix) {
  std::uint64_t value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value, radix);
  if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size()) return std::nullopt;
  return value;
}

/// A server-class machine has two processors and 2 GiB less what may be missing of them.
std::string jvm_collector(const JvmMemoryOptions& options, const Bounds& bounds) {
  constexpr std::uint64_t server_bytes = 1792 * mib;
  if (!options.collector.empty()) return options.collector;
  return bounds.processors >= 2 && bounds.limit_bytes >= server_bytes ? "G1" : "Serial";
}

/// "--max-old-space-size=96" of argv and NODE_OPTIONS, in MiB; the last one counts, the command line before the
/// variable.
std::optional<std::uint64_t> node_option(const entrypoint::Process& process, std::string_view name) {
  std::optional<std::uint64_t> found;
  const auto read = [&](std::string_view word) {
    const auto value = word.find('=');
    if (value == std::string_view::npos) return;
    std::string key(word.substr(0, value));
    std::replace(key.begin(), key.end(), '_', '-');
    if (key != "--" + std::string(name)) return;
    if (const auto number = parse_number(word.substr(value + 1), 10); number && *number < (1u << 24)) found = number;
  };
  auto words = variable(process, "NODE_OPTIONS").value_or("");
  while (!words.empty()) {
    const auto end = std::min(words.find(' '), words.size());
    read(words.substr(0, end));
    words.remove_prefix(std::min(words.size(), end + 1));
  }
  for (std::size_t i = 1; i < process.argv.size() && process.argv[i].starts_with('-'); ++i) read(process.argv[i]);
  return found;
}

/// A hundred and twenty-eighth of the old generation, of small ones half of that, as a power of two up to 16 MiB.
std::uint64_t semi_space_mib(std::uint64_t old_mib) {
  constexpr std::uint64_t small_old_mib = 256, most_mib = 16;
  const auto wanted = static_cast<double>(old_mib) / (old_mib <= small_old_mib ? 256 : 128);
  std::uint64_t size = 1;
  while (static_cast<double>(size) < wanted && size < most_mib) size *= 2;
  return size;
}

}  // namespace

HeapLimit jvm_heap_limit(const JvmMemoryOptions& options, const Bounds& bounds) {
  constexpr std::uint64_t least_large_heap = 130'862'284;  // 96 MiB scaled by 1.3 for 64-bit words
  constexpr std::uint64_t alignment = 2 * mib;
  const auto align = [](std::uint64_t bytes) {
    return bytes / alignment * alignment + (bytes % alignment != 0 ? alignment : 0);
  };
  HeapLimit limit;
  limit.collector = jvm_collector(options, bounds);
  if (options.max_heap_bytes) {
    limit.heap_bytes = align(std::min(*options.max_heap_bytes, std::numeric_limits<std::uint64_t>::max() - alignment));
    limit.reason = options.heap_source;
    return limit;
  }
  const auto memory = options.max_ram_bytes ? std::min(*options.max_ram_bytes, bounds.limit_bytes) : bounds.limit_bytes;
  const auto most = options.max_ram_percentage.value_or(25), least = options.min_ram_percentage.value_or(50);
  const auto of_small = part_of(memory, least);
  if (of_small < least_large_heap) {
    limit.heap_bytes = align(of_small);
    limit.reason = percent_text(least);
  } else {
    const auto of_large = part_of(memory, most);
    limit.heap_bytes = align(std::max(of_large, least_large_heap));
    limit.reason = of_large < least_large_heap ? "the least of a machine that is not small" : percent_text(most);
  }
  return limit;
}

HeapLimit node_heap_limit(const entrypoint::Process& process, const Bounds& bounds) {
  constexpr std::uint64_t least_old_mib = 256;
  const auto most_old_mib = bounds.limit_bytes / gib >= 15 ? std::uint64_t{4096} : std::uint64_t{2048};
  const auto default_old = std::clamp(bounds.limit_bytes / 2 / mib, least_old_mib, most_old_mib);
  const auto chosen = node_option(process, "max-old-space-size");
  const auto semi = node_option(process, "max-semi-space-size").value_or(semi_space_mib(default_old));
  HeapLimit limit;
  limit.heap_bytes = (chosen.value_or(default_old) + 3 * semi) * mib;
  limit.reason = chosen                         ? "--max-old-space-size=" + std::to_string(*chosen)
                 : default_old == least_old_mib ? "the least that V8 takes"
                 : default_old == most_old_mib  ? "the most that V8 takes"
                                                : "50 % of the limit";
  return limit;
}

HeapLimit dotnet_heap_limit(const entrypoint::Process& process, std::string_view runtime_config, const Bounds& bounds) {
  constexpr std::uint64_t least_bytes = 20 * mib;
  const DotnetSettings settings(process, runtime_config);
  HeapLimit limit;
  if (const auto bytes = settings.number("GCHeapHardLimit"); bytes && bytes->value > 0) {
    limit = {bytes->value, "", bytes->source};
  } else if (const auto percent = settings.number("GCHeapHardLimitPercent");
             percent && percent->value > 0 && percent->value < 100) {
    limit.heap_bytes = part_of(bounds.limit_bytes, static_cast<double>(percent->value));
    limit.reason = percent_text(static_cast<double>(percent->value));
  } else {
    limit.heap_bytes = std::max(least_bytes, part_of(bounds.limit_bytes, 75));
    limit.reason = limit.heap_bytes == least_bytes ? "the least that .NET takes" : percent_text(75);
  }
  return limit;
}

std::optional<HeapLimit> heap_limit(const runtime::ProcessClosure& process, const rootfs::FileSystem& files,
                                    const Bounds& bounds) {
  const auto name = process.runtime.substr(0, process.runtime.find(' '));
  if (name == "java") {
    const auto options = memory_options(jvm_options(process.process));
    // Without container support the machine's memory decides, which nobody knows here.
    return options.container_support || options.max_heap_bytes ? std::optional(jvm_heap_limit(options, bounds))
                                                               : std::nullopt;
  }
  if (name == "node") return node_heap_limit(process.process, bounds);
  if (name == "dotnet")
    return dotnet_heap_limit(process.process, dotnet_runtime_config(process.process, files), bounds);
  if (name != "go") return std::nullopt;
  const auto value = variable(process.process, "GOMEMLIMIT");
  if (!value || value->empty() || *value == "off") return std::nullopt;
  // "64MiB", "1GiB", "100B": runtime/debug, SetMemoryLimit.
  auto text = *value;
  if (text.ends_with("iB"))
    text.remove_suffix(2);
  else if (text.ends_with('B'))
    text.remove_suffix(1);
  const auto bytes = parse_jvm_size(text);
  return bytes ? std::optional(HeapLimit{*bytes, "", "GOMEMLIMIT=" + std::string(*value)}) : std::nullopt;
}

}  // namespace imgslim::memory
