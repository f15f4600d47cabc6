#include "memory/findings.h"

#include <algorithm>

#include "support/catch.h"
#include "support/runtime_image.h"

using namespace imgslim;
using namespace imgslim::memory;

namespace {

using test::RuntimeImage;

constexpr std::uint64_t mib = 1u << 20;

std::vector<runtime::Finding> problems_of(RuntimeImage& image, std::optional<Bounds> bounds = std::nullopt) {
  const auto built = image.done();
  const auto closure = runtime::close(built.files, built.config, {});
  const auto owners = attribution::find_owners(built.files.tree(), Limits());
  const auto startup = estimate({closure, built.files, owners}, built_in_coefficients());
  REQUIRE(startup);
  return find_memory_problems({closure, built.files, *startup, bounds});
}

std::vector<std::string> messages(const std::vector<runtime::Finding>& findings, std::string_view rule) {
  std::vector<std::string> result;
  for (const auto& finding : findings)
    if (finding.rule == rule) result.push_back(finding.message);
  return result;
}

/// A Java machine that knows three flags, one of them as the end of a longer string.
RuntimeImage java_image(std::vector<std::string> command, std::vector<std::string> environment = {}) {
  RuntimeImage image;
  test::ElfSpec machine;
  machine.soname = "libjvm.so";
  machine.read_only_data = test::data_of({"UseSerialGC", "MaxRAMPercentage", "InitialMaxRAMFraction"});
  image.library("/usr/lib/x86_64-linux-gnu/libjvm.so", machine);
  image.program("/usr/lib/jvm/bin/java", {.needed = {"libjvm.so"}});
  image.file("/usr/lib/release", "JAVA_VERSION=\"11.0.15\"\n");
  image.config.env = std::move(environment);
  image.command(std::move(command));
  return image;
}

}  // namespace

TEST_CASE("Flags that the image's own Java machine does not know are errors, wherever they stand") {
  auto image =
      java_image({"/usr/lib/jvm/bin/java", "-XX:+UseSerialGC", "-XX:MaxRAMFraction=2", "-XX:+NoSuchFlag", "Main"},
                 {"JAVA_TOOL_OPTIONS=-XX:MaxPermSize=1m"});
  const auto found = messages(problems_of(image), "SL6009");
  REQUIRE(found.size() == 2);
  CHECK(found[0].find("-XX:MaxPermSize=1m of JAVA_TOOL_OPTIONS") != std::string::npos);
  CHECK(found[1].find("-XX:+NoSuchFlag of command line") != std::string::npos);
}

TEST_CASE("A Java machine that is told to ignore unknown flags has no such finding") {
  auto image = java_image({"/usr/lib/jvm/bin/java", "-XX:+IgnoreUnrecognizedVMOptions", "-XX:+NoSuchFlag", "Main"});
  CHECK(messages(problems_of(image), "SL6009").empty());
}

TEST_CASE("Hints about allocators claim no bytes and go with a setting") {
  auto image = java_image({"/usr/lib/jvm/bin/java", "Main"});
  const auto findings = problems_of(image);
  CHECK(messages(findings, "SL6005").size() == 1);
  for (const auto& finding : findings)
    if (finding.rule == "SL6005") CHECK(finding.evidence.empty());
  auto settled = java_image({"/usr/lib/jvm/bin/java", "Main"}, {"MALLOC_ARENA_MAX=2"});
  CHECK(messages(problems_of(settled), "SL6005").empty());
}

TEST_CASE("A runtime that is too old for cgroup v2 is named") {
  auto image = java_image({"/usr/lib/jvm/bin/java", "Main"});
  CHECK(messages(problems_of(image), "SL6010").size() == 1);
}

TEST_CASE("A limit below the start and a heap beyond the limit are errors") {
  auto image = java_image({"/usr/lib/jvm/bin/java", "-Xmx600m", "Main"});
  const auto findings = problems_of(image, Bounds{512 * mib, 2});
  CHECK(messages(findings, "SL6001").empty());
  CHECK(messages(findings, "SL6008").size() == 1);
  auto small = java_image({"/usr/lib/jvm/bin/java", "-Xmx1m", "Main"});
  CHECK(messages(problems_of(small, Bounds{1 * mib, 2}), "SL6001").size() == 1);
}

TEST_CASE("Python modules without bytecode are a finding when they are worth it, and memory") {
  const std::string source = "import json\n" + std::string(100'000, '#');
  const auto image_with = [&](const std::string& compiled) {
    RuntimeImage image;
    image.program("/usr/bin/python3.11").file("/usr/lib/python3.11/os.py", "");
    image.file("/app/main.py", "import big\n").file("/app/big.py", source);
    if (!compiled.empty()) image.file("/app/__pycache__/big.cpython-311.pyc", compiled);
    image.command({"/usr/bin/python3.11", "/app/main.py"});
    return image;
  };
  const std::string magic = std::string("\xa7\x0d\x0d\x0a", 4);
  auto missing = image_with(""), stale = image_with(magic + std::string(12, '\0')),
       hashed = image_with(magic + std::string("\1\0\0\0", 4) + std::string(8, 'h'));
  CHECK(messages(problems_of(missing), "SL6011").size() == 1);
  CHECK(messages(problems_of(stale), "SL6011").size() == 1);
  CHECK(messages(problems_of(hashed), "SL6011").empty());
}
