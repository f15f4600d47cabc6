// Kafka's documentation, "Broker Configs": log.cleaner.dedupe.buffer.size, 128 MiB for all threads of the log cleaner,
// which log.cleaner.enable starts by default; the buffer is a Java array, so that allocating it fills it.
// AlwaysPreTouch is in HotSpot's globals.hpp.
#include "memory/start_buffers.h"

#include <algorithm>
#include <optional>
#include <string_view>

#include "memory/jvm_options.h"
#include "memory/worker_settings.h"
#include "plugins/script_command.h"

namespace imgslim::memory {
namespace {

using runtime::ProcessClosure;

constexpr std::uint64_t most_bytes = std::uint64_t{1} << 50;

std::uint64_t touched_heap_bytes(const ProcessClosure& process) {
  const auto options = memory_options(jvm_options(process.process));
  return options.pre_touch ? options.initial_heap_bytes.value_or(0) : 0;
}

/// Of "kafka.Kafka /etc/kafka/server.properties".
std::uint64_t kafka_buffer_bytes(const ProcessClosure& process, const rootfs::FileSystem& files) {
  const auto& argv = process.process.argv;
  const auto main_class = std::find(argv.begin(), argv.end(), "kafka.Kafka");
  if (main_class == argv.end()) return 0;
  std::optional<std::string_view> properties;
  if (main_class + 1 != argv.end())
    properties = files.text_at(plugins::absolute_path(process.process, *(main_class + 1)));
  const auto text = properties.value_or("");
  if (setting(text, "log.cleaner.enable").value_or("") == "false") return 0;
  constexpr std::uint64_t by_default = std::uint64_t{128} << 20;
  const auto given = setting(text, "log.cleaner.dedupe.buffer.size");
  return given ? parse_jvm_size(*given).value_or(by_default) : by_default;
}

}  // namespace

std::uint64_t start_buffer_bytes(const ProcessClosure& process, const rootfs::FileSystem& files) {
  if (!process.runtime.starts_with("java")) return 0;
  return std::min(most_bytes, touched_heap_bytes(process) + std::min(most_bytes, kafka_buffer_bytes(process, files)));
}

}  // namespace imgslim::memory
