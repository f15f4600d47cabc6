#include "unit/report/sample_memory.h"

#include <numeric>

namespace imgslim::test {
namespace {

MemoryObject object(const std::string& path, const char* package, std::uint32_t layer, std::uint64_t kib,
                    std::uint64_t private_kib) {
  MemoryObject row;
  row.path = path;
  row.kind = layer == 1 ? "program" : "c_library";
  row.layer = layer;
  if (*package != '\0') row.package = package;
  row.processes = {0};
  row.rss_bytes = {kib * 800, kib * 1024, kib * 1300};
  row.certain_bytes = kib * 500;
  row.private_bytes = private_kib * 1024;
  row.private_dirty_bytes = private_kib * 512;
  row.parts = {
      {"text", kib * 2048, kib * 400, 0, (kib - private_kib) * 1024, 0},
      {"data", private_kib * 1024, private_kib * 512, private_kib * 512, private_kib * 1024, private_kib * 1024}};
  return row;
}

}  // namespace

ReportMemory realistic_memory() {
  ReportMemory memory;
  auto& startup = memory.startup;
  startup.objects = {object("usr/bin/python3.11", "python3.11-minimal", 1, 4'664, 700),
                     object("usr/lib/x86_64-linux-gnu/libcrypto.so.3", "libssl3", 1, 3'100, 408),
                     object("usr/lib/x86_64-linux-gnu/libc.so.6", "libc6", 0, 1'452, 48),
                     object("app/vendor/libfast.so", "", 4, 300, 20)};
  startup.heap_bytes = 7'800 * 1024;
  startup.anonymous_bytes = startup.heap_bytes;
  startup.layers = {{0, 1'452 * 1024, 48 * 1024}, {1, 7'764 * 1024, 1'108 * 1024}, {4, 300 * 1024, 20 * 1024}};
  startup.packages = {{"python3.11-minimal", 4'664 * 1024, 700 * 1024},
                      {"libssl3", 3'100 * 1024, 408 * 1024},
                      {"libc6", 1'452 * 1024, 48 * 1024},
                      {"[no package]", 300 * 1024, 20 * 1024}};
  for (const auto& row : startup.objects) {
    startup.file_private_bytes += row.private_bytes;
    startup.file_shareable_bytes += row.rss_bytes.estimate - row.private_bytes;
    startup.certain_bytes += row.certain_bytes;
  }
  const auto sum = startup.anonymous_bytes + startup.file_private_bytes + startup.file_shareable_bytes;
  startup.rss_bytes = {sum / 10 * 9, sum, sum / 10 * 13};
  startup.kernel_bytes = 600 * 1024;
  startup.floor_bytes = {8'000 * 1024, 12'000 * 1024};
  startup.processes = {{0, "usr/bin/python3.11", "python 3.11", "python 3.11", "managed", startup.rss_bytes,
                        startup.anonymous_bytes, startup.file_shareable_bytes, startup.file_private_bytes,
                        startup.certain_bytes, startup.heap_bytes}};
  startup.processes.front().workers = 2;
  startup.processes.front().worker_pool = "gunicorn --preload";
  startup.processes.front().worker_bytes = 2 * 461 * 1024;
  startup.model = "loader simulation, measured shares and runtime profiles (90 programs, Linux 6.18)";
  startup.assumptions = {"idle after start"};
  memory.sharing = {900 * 1024, {{5, "RUN chown -R app:app /app", 1, 900 * 1024, 9'400'000}}};
  memory.tools = {{"docker stats", "usage less inactive page cache", 12'000 * 1024, 9'400 * 1024}};
  memory.limit = MemoryLimitCheck{
      64u << 20, "starts", 56u << 20, {{"usr/bin/java", "java 17", 32u << 20, "Serial", "50 % of the limit", false}}};
  return memory;
}

}  // namespace imgslim::test
