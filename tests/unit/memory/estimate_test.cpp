#include "memory/estimate.h"

#include <numeric>

#include "memory/tool_views.h"
#include "support/catch.h"
#include "support/runtime_image.h"

using namespace imgslim;
using namespace imgslim::memory;

namespace {

using test::RuntimeImage;

std::optional<StartupEstimate> estimate_of(RuntimeImage& image) {
  const auto built = image.done();
  const auto closure = runtime::close(built.files, built.config, {});
  return estimate({closure, built.files, attribution::find_owners(built.files.tree(), Limits())},
                  built_in_coefficients());
}

std::uint64_t sum_of_kinds(const StartupEstimate& startup) {
  return startup.anonymous_bytes + startup.file_shareable_bytes + startup.file_private_bytes;
}

std::uint64_t sum_of_objects(const StartupEstimate& startup) {
  std::uint64_t sum = startup.heap_bytes;
  for (const auto& object : startup.objects) sum += object.resident.estimate;
  return sum;
}

}  // namespace

TEST_CASE("The estimate of one process is the sum of its objects and its heap") {
  RuntimeImage image;
  image.library("/usr/lib/x86_64-linux-gnu/libz.so.1", {.data_bytes = 100'000});
  image.program("/usr/bin/app", {.needed = {"libz.so.1"}}).command({"/usr/bin/app"});
  const auto startup = estimate_of(image);
  REQUIRE(startup);
  REQUIRE(startup->processes.size() == 1);
  CHECK(startup->objects.size() == 4);
  CHECK(sum_of_kinds(*startup) == startup->resident.estimate);
  CHECK(sum_of_objects(*startup) == startup->resident.estimate);
  CHECK(startup->resident.low <= startup->resident.estimate);
  CHECK(*startup->resident.high >= startup->resident.estimate);
  CHECK(startup->certain_bytes <= startup->resident.low);
  CHECK(startup->processes[0].resident.estimate == startup->resident.estimate);
  CHECK(startup->processes[0].profile == "native");
  CHECK(startup->start_limit.low <= startup->start_limit.estimate);
}

TEST_CASE("Services beside the main process share pages of files and have their own copies") {
  RuntimeImage image;
  const std::string config =
      "[supervisord]\nnodaemon=true\n[program:a]\ncommand=/usr/bin/app\n[program:b]\ncommand=/usr/bin/app -x\n";
  image.program("/usr/bin/app").program("/usr/bin/python3.11");
  image.file("/usr/bin/supervisord", "#!/usr/bin/python3.11\n", 0755).file("/etc/supervisord.conf", config);
  image.command({"/usr/bin/supervisord", "-c", "/etc/supervisord.conf"});
  const auto startup = estimate_of(image);
  REQUIRE(startup);
  REQUIRE(startup->processes.size() == 3);
  CHECK(sum_of_kinds(*startup) == startup->resident.estimate);
  CHECK(sum_of_objects(*startup) == startup->resident.estimate);
  const auto alone =
      std::accumulate(startup->processes.begin(), startup->processes.end(), std::uint64_t{0},
                      [](std::uint64_t sum, const auto& process) { return sum + process.resident.estimate; });
  CHECK(startup->resident.estimate < alone);
  for (const auto& object : startup->objects)
    for (const auto& part : object.parts) CHECK(part.private_bytes <= part.resident_bytes);
}

TEST_CASE("A runtime that nobody measured has a lower bound only") {
  RuntimeImage image;
  image.program("/usr/lib/erlang/erts-13/bin/beam.smp").command({"/usr/lib/erlang/erts-13/bin/beam.smp"});
  const auto startup = estimate_of(image);
  REQUIRE(startup);
  CHECK(startup->processes[0].profile.empty());
  CHECK_FALSE(startup->resident.high);
  CHECK_FALSE(startup->start_limit.high);
}

TEST_CASE("An image without a program has no estimate") {
  RuntimeImage image;
  CHECK_FALSE(estimate_of(image));
}

TEST_CASE("A first start brings whole files into the page cache, a next one nothing") {
  const auto of_data = [](std::uint64_t bytes) {
    RuntimeImage image;
    image.library("/usr/lib/x86_64-linux-gnu/libz.so.1", {.data_bytes = bytes});
    image.program("/usr/bin/app", {.needed = {"libz.so.1"}}).command({"/usr/bin/app"});
    const auto startup = estimate_of(image);
    REQUIRE(startup);
    return *startup;
  };
  const auto small = of_data(100'000), large = of_data(8'100'000);
  CHECK(large.cold_cache_bytes - small.cold_cache_bytes > 6'000'000);
  CHECK(large.cold_cache_bytes - small.cold_cache_bytes < 9'000'000);
  CHECK(large.cold_active_bytes < large.cold_cache_bytes);
  for (const auto& view : tool_views(large)) {
    const auto more = view.first_replica - view.next_replica;
    CHECK((more == 0 || more == large.cold_cache_bytes || more == large.cold_active_bytes));
    if (view.tool == "podman stats") CHECK(more == large.cold_cache_bytes);
  }
}

TEST_CASE("Workers add what they have of their own, and nothing else") {
  const auto of_workers = [](const std::string& count) {
    RuntimeImage image;
    image.program("/usr/sbin/nginx").command({"/usr/sbin/nginx", "-g", "worker_processes " + count + ";"});
    const auto startup = estimate_of(image);
    REQUIRE(startup);
    CHECK(sum_of_kinds(*startup) == startup->resident.estimate);
    CHECK(sum_of_objects(*startup) == startup->resident.estimate);
    return *startup;
  };
  const auto one = of_workers("1"), five = of_workers("5");
  CHECK(one.processes[0].workers == 1);
  CHECK(five.processes[0].workers == 5);
  CHECK(five.processes[0].worker_bytes == 5 * one.processes[0].worker_bytes);
  CHECK(five.file_shareable_bytes == one.file_shareable_bytes);
  CHECK(five.resident.estimate - one.resident.estimate == 4 * one.processes[0].worker_bytes);
  CHECK(one.processes[0].worker_bytes > 0);
  CHECK(five.kernel_bytes > one.kernel_bytes);
}

TEST_CASE("Workers that load the application have a heap each, and their server its own") {
  const auto of_workers = [](const std::string& count) {
    RuntimeImage image;
    image.program("/usr/bin/python3.11").file("/usr/bin/gunicorn", "#!/usr/bin/python3.11\n", 0755);
    image.command({"/usr/bin/gunicorn", "--workers", count, "app:app"});
    const auto startup = estimate_of(image);
    REQUIRE(startup);
    CHECK(sum_of_kinds(*startup) == startup->resident.estimate);
    return startup->processes.at(0);
  };
  const auto none = of_workers("0"), one = of_workers("1"), three = of_workers("3");
  CHECK(none.worker_bytes == 0);
  CHECK(none.worker_pool.empty());
  CHECK(one.worker_pool == "gunicorn");
  CHECK(three.worker_bytes == 3 * one.worker_bytes);
  CHECK(three.heap_bytes - three.worker_bytes == one.heap_bytes - one.worker_bytes);
  CHECK(three.heap_bytes > three.worker_bytes);
  const auto width = [](const ByteRange& range) {
    return static_cast<double>(*range.high - range.low) / static_cast<double>(range.estimate);
  };
  CHECK(width(three.resident) >= width(none.resident));
}

TEST_CASE("A server that a script starts without exec is there beside its shell") {
  RuntimeImage image;
  image.program("/bin/sh").program("/usr/sbin/server").program("/usr/bin/tool");
  image.file("/run.sh", "#!/bin/sh\n/usr/bin/tool\n/usr/sbin/server\nexit 0\n", 0755).command({"/run.sh"});
  const auto startup = estimate_of(image);
  REQUIRE(startup);
  CHECK(startup->processes.size() == 2);
}

TEST_CASE("A tool that a script starts last is gone when it has ended") {
  RuntimeImage image;
  image.program("/bin/sh").program("/usr/bin/tool");
  image.file("/run.sh", "#!/bin/sh\n/usr/bin/tool\nexit 0\n", 0755).command({"/run.sh"});
  const auto startup = estimate_of(image);
  REQUIRE(startup);
  CHECK(startup->processes.size() == 1);
}
