#include "memory/start_buffers.h"

#include "support/catch.h"
#include "support/runtime_image.h"

using namespace imgslim;
using namespace imgslim::memory;

namespace {

constexpr std::uint64_t mib = 1 << 20;

std::uint64_t buffers_mib(std::vector<std::string> argv, const std::string& properties = "") {
  test::RuntimeImage image;
  if (!properties.empty()) image.file("/etc/kafka/server.properties", properties);
  const auto built = image.done();
  runtime::ProcessClosure process;
  process.runtime = "java 17.0.1";
  process.process.program.path = "/usr/bin/java";
  process.process.argv = std::move(argv);
  return start_buffer_bytes(process, built.files) / mib;
}

}  // namespace

TEST_CASE("A heap that is touched at start is as large as -Xms says") {
  CHECK(buffers_mib({"java", "-Xms64m", "-jar", "a.jar"}) == 0);
  CHECK(buffers_mib({"java", "-Xms64m", "-XX:+AlwaysPreTouch", "-jar", "a.jar"}) == 64);
  CHECK(buffers_mib({"java", "-XX:+AlwaysPreTouch", "-jar", "a.jar"}) == 0);
  CHECK(buffers_mib({"java", "-Xms9999999g", "-XX:+AlwaysPreTouch"}) == (std::uint64_t{1} << 30));
}

TEST_CASE("Kafka has a buffer of 128 MiB for cleaning its log, or what its properties say") {
  const std::vector<std::string> kafka = {"java", "-cp", "/app/*", "kafka.Kafka", "/etc/kafka/server.properties"};
  CHECK(buffers_mib(kafka) == 128);
  CHECK(buffers_mib({"java", "kafka.Kafka"}) == 128);
  CHECK(buffers_mib(kafka, "process.roles=broker\nlog.cleaner.dedupe.buffer.size=33554432\n") == 32);
  CHECK(buffers_mib(kafka, "log.cleaner.enable=false\n") == 0);
  CHECK(buffers_mib(kafka, "#log.cleaner.enable=false\n") == 128);
  CHECK(buffers_mib({"java", "org.example.Main"}) == 0);
}
