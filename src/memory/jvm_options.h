#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "entrypoint/process.h"

namespace imgslim::memory {

/// An option of a Java virtual machine and where it stands.
struct JvmOption {
  std::string text;    ///< "-Xmx512m", "-XX:+UseSerialGC"
  std::string source;  ///< "JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS", "command line"
};

/// Those that the machine will read, in the order in which it does: the last one of equal options counts
/// (src/hotspot/share/runtime/arguments.cpp; the launcher puts JDK_JAVA_OPTIONS in front of the command line).
[[nodiscard]] std::vector<JvmOption> jvm_options(const entrypoint::Process& process);

/// The name in "-XX:+Name", "-XX:-Name", "-XX:Name=value", "" for other options.
[[nodiscard]] std::string_view flag_name(std::string_view option);

/// What of the options decides about memory.
struct JvmMemoryOptions {
  std::optional<std::uint64_t> initial_heap_bytes, max_heap_bytes, max_ram_bytes;
  std::optional<double> max_ram_percentage, min_ram_percentage;
  std::string collector;          ///< "Serial", "G1", "Parallel", "ZGC", "Shenandoah", "" when none is chosen
  std::string heap_source;        ///< the option that sets the largest heap, "" when none does
  bool pre_touch = false;         ///< AlwaysPreTouch
  bool class_sharing = true;      ///< -Xshare:off is not given
  bool container_support = true;  ///< UseContainerSupport
};
[[nodiscard]] JvmMemoryOptions memory_options(const std::vector<JvmOption>& options);

/// "512m", "1G", "64k", "1048576", as HotSpot reads them (Arguments::atojulong); nothing for others.
[[nodiscard]] std::optional<std::uint64_t> parse_jvm_size(std::string_view text);

}  // namespace imgslim::memory
