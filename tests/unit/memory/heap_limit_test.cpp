#include "memory/heap_limit.h"

#include "support/catch.h"
#include "support/runtime_image.h"

using namespace imgslim;
using namespace imgslim::memory;

namespace {

constexpr std::uint64_t mib = 1u << 20;

entrypoint::Process process(std::vector<std::string> argv, std::vector<std::string> environment = {}) {
  entrypoint::Process result;
  result.argv = std::move(argv);
  result.environment = std::move(environment);
  return result;
}

std::uint64_t jvm_mib(std::uint64_t limit_mib, std::vector<std::string> options = {}) {
  options.insert(options.begin(), "java");
  options.emplace_back("Main");
  return jvm_heap_limit(memory_options(jvm_options(process(options))), {limit_mib * mib, 2}).heap_bytes / mib;
}

std::uint64_t node_mib(std::uint64_t limit_mib, std::vector<std::string> argv = {"node", "app.js"},
                       std::vector<std::string> environment = {}) {
  return node_heap_limit(process(std::move(argv), std::move(environment)), {limit_mib * mib, 2}).heap_bytes / mib;
}

}  // namespace

TEST_CASE("Java's heap is half of a small limit, a fixed size of a medium one, a quarter of a large one") {
  CHECK(jvm_mib(100) == 50);
  CHECK(jvm_mib(300) == 126);
  CHECK(jvm_mib(500) == 126);
  CHECK(jvm_mib(4000) == 1000);
  CHECK(jvm_mib(2047) == 512);  // whole pieces of 2 MiB
}

TEST_CASE("Java's options settle the heap, the last one wins") {
  CHECK(jvm_mib(1000, {"-Xmx64m"}) == 64);
  CHECK(jvm_mib(1000, {"-Xmx64m", "-Xmx65m"}) == 66);
  CHECK(jvm_mib(1000, {"-XX:MaxRAMPercentage=75"}) == 750);
  CHECK(jvm_mib(1000, {"-XX:MaxRAMFraction=1"}) == 1000);
  CHECK(jvm_mib(1000, {"-XX:MaxRAM=400m"}) == 126);
  CHECK(jvm_mib(100, {"-XX:MinRAMPercentage=80"}) == 80);
}

TEST_CASE("Java takes Serial where there is one processor or little memory") {
  const auto collector = [](std::uint64_t limit_mib, unsigned processors) {
    return jvm_heap_limit({}, {limit_mib * mib, processors}).collector;
  };
  CHECK(collector(1791, 2) == "Serial");
  CHECK(collector(1792, 2) == "G1");
  CHECK(collector(8000, 1) == "Serial");
  JvmMemoryOptions parallel;
  parallel.collector = "Parallel";
  CHECK(jvm_heap_limit(parallel, {mib, 1}).collector == "Parallel");
}

TEST_CASE("Java reads its options from variables and the command line, up to the class") {
  const auto options =
      jvm_options(process({"/usr/bin/java", "-cp", "-Xmx1m", "-Xms2m", "Main", "-Xmx3m"},
                          {"JAVA_TOOL_OPTIONS=-Xmx4m '-Da=b c'", "JDK_JAVA_OPTIONS=-Xmx5m", "_JAVA_OPTIONS=-Xmx6m"}));
  std::vector<std::string> texts;
  for (const auto& option : options) texts.push_back(option.text);
  CHECK(texts == std::vector<std::string>{"-Xmx4m", "-Da=b c", "-Xmx5m", "-cp", "-Xms2m", "-Xmx6m"});
  CHECK(memory_options(options).heap_source == "-Xmx6m");
}

TEST_CASE("Flags of Java have their names told") {
  CHECK(flag_name("-XX:+UseSerialGC") == "UseSerialGC");
  CHECK(flag_name("-XX:-UseSerialGC") == "UseSerialGC");
  CHECK(flag_name("-XX:MaxRAM=1g") == "MaxRAM");
  CHECK(flag_name("-Xmx1g").empty());
}

TEST_CASE("Sizes are read as HotSpot does") {
  CHECK(parse_jvm_size("1048576") == mib);
  CHECK(parse_jvm_size("1M") == mib);
  CHECK(parse_jvm_size("2g") == 2048 * mib);
  for (const char* const wrong : {"", "m", "1mb", "-1m", "1x", "99999999999999999999", "18446744073709551615k"})
    CHECK_FALSE(parse_jvm_size(wrong));
}

TEST_CASE("Node's heap is half the limit between its bounds, and three semi-spaces") {
  CHECK(node_mib(100) == node_mib(500));
  CHECK(node_mib(100) > 256);  // more than the limit itself
  CHECK(node_mib(1400) > 700);
  CHECK(node_mib(8000) == node_mib(12'000));
  CHECK(node_mib(16'000) > 4096);
}

TEST_CASE("Node's options settle the heap") {
  CHECK(node_mib(512, {"node", "--max-old-space-size=96", "a.js"}) < 150);
  CHECK(node_mib(512, {"node", "--max_old_space_size=96", "--max-semi-space-size=2", "a.js"}) == 102);
  CHECK(node_mib(512, {"node", "a.js", "--max-old-space-size=96"}) == node_mib(512));
  CHECK(node_mib(512, {"node", "--max-semi-space-size=2", "a.js"}, {"NODE_OPTIONS=--a --max-old-space-size=64"}) == 70);
}

TEST_CASE(".NET takes three quarters, or what a variable or its configuration says") {
  const auto bytes = [](std::uint64_t limit, std::vector<std::string> environment, std::string_view config = "") {
    return dotnet_heap_limit(process({"dotnet"}, std::move(environment)), config, {limit, 2}).heap_bytes;
  };
  CHECK(bytes(100'000'000, {}) == 75'000'000);
  CHECK(bytes(10'000'000, {}) == 20 * mib);
  CHECK(bytes(100'000'000, {"DOTNET_GCHeapHardLimitPercent=32"}) == 50'000'000);
  CHECK(bytes(100'000'000, {"DOTNET_GCHeapHardLimit=0x1000000"}) == 0x1000000);
  CHECK(bytes(100'000'000, {"COMPlus_GCHeapHardLimit=1000000"}) == 0x1000000);
  const std::string_view config = R"({"runtimeOptions": {"configProperties": {"System.GC.HeapHardLimit": 30000000}}})";
  CHECK(bytes(100'000'000, {}, config) == 30'000'000);
  CHECK(bytes(100'000'000, {"DOTNET_GCHeapHardLimit=0x1000000"}, config) == 0x1000000);
  CHECK(bytes(100'000'000, {},
              R"({"runtimeOptions": {"configProperties": {"System.GC.HeapHardLimitPercent": "0x32"}}})") == 50'000'000);
  CHECK(bytes(100'000'000, {}, "{") == 75'000'000);
}

TEST_CASE(".NET's configuration stands beside the application, whatever starts it") {
  test::RuntimeImage image;
  const std::string half = R"({"runtimeOptions": {"configProperties": {"System.GC.HeapHardLimitPercent": 50}}})";
  const auto built = image.file("/app/web.runtimeconfig.json", half).done();
  const auto limit = [&](const std::string& program, std::vector<std::string> argv) {
    runtime::ProcessClosure dotnet;
    dotnet.runtime = "dotnet";
    dotnet.process = process(std::move(argv));
    dotnet.process.program.path = program;
    dotnet.process.working_directory = "/app";
    return heap_limit(dotnet, built.files, {100'000'000, 2})->heap_bytes;
  };
  CHECK(limit("/usr/bin/dotnet", {"dotnet", "/app/web.dll"}) == 50'000'000);
  CHECK(limit("/usr/bin/dotnet", {"dotnet", "web.dll"}) == 50'000'000);
  CHECK(limit("/app/web", {"/app/web"}) == 50'000'000);
  CHECK(limit("/usr/bin/dotnet", {"dotnet", "other.dll"}) == 75'000'000);
}

TEST_CASE("Go has a limit of its own only when it is told one") {
  test::RuntimeImage image;
  const auto built = image.done();
  runtime::ProcessClosure go;
  go.runtime = "go";
  CHECK_FALSE(heap_limit(go, built.files, {mib, 2}));
  go.process.environment = {"GOMEMLIMIT=64MiB"};
  CHECK(heap_limit(go, built.files, {mib, 2})->heap_bytes == 64 * mib);
}
