#include "memory/jvm_options.h"

#include <algorithm>
#include <charconv>

#include "memory/environment.h"

namespace imgslim::memory {
namespace {

void add_variable(const entrypoint::Process& process, const char* name, std::vector<JvmOption>& options) {
  for (auto& word : variable_words(process, name)) options.push_back({std::move(word), name});
}

/// Up to the class, the module or the archive: what stands behind belongs to the program.
void add_command_line(const entrypoint::Process& process, std::vector<JvmOption>& options) {
  constexpr std::string_view with_operand[] = {"-cp",           "-classpath",    "--class-path",  "-p",
                                               "--module-path", "--add-modules", "--add-exports", "--add-opens",
                                               "--add-reads"};
  const auto& argv = process.argv;
  for (std::size_t i = 1; i < argv.size() && argv[i].starts_with('-'); ++i) {
    if (argv[i] == "-jar" || argv[i] == "-m" || argv[i] == "--module") return;
    options.push_back({argv[i], "command line"});
    if (std::find(std::begin(with_operand), std::end(with_operand), argv[i]) != std::end(with_operand)) ++i;
  }
}

std::optional<double> parse_number(std::string_view text) {
  double value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size()) return std::nullopt;
  return value;
}

/// What stands behind `begin`, when the option has that begin.
std::optional<std::string_view> value_of(std::string_view option, std::string_view begin) {
  if (!option.starts_with(begin)) return std::nullopt;
  return option.substr(begin.size());
}

/// "-XX:MaxRAMFraction=2" is 50 %.
std::optional<double> percentage(std::string_view option, const std::string& name) {
  if (const auto value = value_of(option, "-XX:" + name + "Percentage=")) return parse_number(*value);
  const auto fraction = value_of(option, "-XX:" + name + "Fraction=");
  const auto divisor = fraction ? parse_number(*fraction) : std::nullopt;
  return divisor && *divisor >= 1 ? std::optional(100 / *divisor) : std::nullopt;
}

void read_sizes(const std::string& text, JvmMemoryOptions& result) {
  const auto size = [&](std::initializer_list<const char*> names) -> std::optional<std::uint64_t> {
    for (const auto* const name : names)
      if (const auto value = value_of(text, name)) return parse_jvm_size(*value);
    return std::nullopt;
  };
  if (const auto bytes = size({"-Xmx", "-XX:MaxHeapSize="})) {
    result.max_heap_bytes = bytes;
    result.heap_source = text;
  }
  if (const auto bytes = size({"-Xms", "-XX:InitialHeapSize="})) result.initial_heap_bytes = bytes;
  if (const auto bytes = size({"-XX:MaxRAM="})) result.max_ram_bytes = bytes;
  if (const auto percent = percentage(text, "MaxRAM")) {
    result.max_ram_percentage = percent;
    result.heap_source = text;
  }
  if (const auto percent = percentage(text, "MinRAM")) result.min_ram_percentage = percent;
}

void read_switches(const std::string& text, JvmMemoryOptions& result) {
  constexpr std::pair<std::string_view, std::string_view> collectors[] = {
      {"-XX:+UseSerialGC", "Serial"},        {"-XX:+UseG1GC", "G1"}, {"-XX:+UseParallelGC", "Parallel"},
      {"-XX:+UseParallelOldGC", "Parallel"}, {"-XX:+UseZGC", "ZGC"}, {"-XX:+UseShenandoahGC", "Shenandoah"}};
  for (const auto& [option, name] : collectors)
    if (text == option) result.collector = name;
  if (text == "-XX:+AlwaysPreTouch") result.pre_touch = true;
  if (text == "-XX:-AlwaysPreTouch") result.pre_touch = false;
  if (text.starts_with("-Xshare:")) result.class_sharing = text != "-Xshare:off";
  if (text == "-XX:-UseContainerSupport") result.container_support = false;
  if (text == "-XX:+UseContainerSupport") result.container_support = true;
}

}  // namespace

std::vector<JvmOption> jvm_options(const entrypoint::Process& process) {
  std::vector<JvmOption> options;
  add_variable(process, "JAVA_TOOL_OPTIONS", options);
  add_variable(process, "JDK_JAVA_OPTIONS", options);
  add_command_line(process, options);
  add_variable(process, "_JAVA_OPTIONS", options);
  return options;
}

std::string_view flag_name(std::string_view option) {
  if (!option.starts_with("-XX:")) return {};
  auto name = option.substr(4);
  if (name.starts_with('+') || name.starts_with('-')) return name.substr(1);
  return name.substr(0, name.find('='));
}

std::optional<std::uint64_t> parse_jvm_size(std::string_view text) {
  std::uint64_t value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  const std::string_view unit(parsed.ptr, static_cast<std::size_t>(text.data() + text.size() - parsed.ptr));
  if (parsed.ec != std::errc() || unit.size() > 1) return std::nullopt;
  unsigned shift = 0;
  if (!unit.empty()) {
    constexpr std::string_view units = "kmgt";
    const auto place = units.find(static_cast<char>(unit[0] | 0x20));
    if (place == std::string_view::npos) return std::nullopt;
    shift = 10 * static_cast<unsigned>(place + 1);
  }
  return value > UINT64_MAX >> shift ? std::nullopt : std::optional(value << shift);
}

JvmMemoryOptions memory_options(const std::vector<JvmOption>& options) {
  JvmMemoryOptions result;
  for (const auto& option : options) {
    read_sizes(option.text, result);
    read_switches(option.text, result);
  }
  return result;
}

}  // namespace imgslim::memory
