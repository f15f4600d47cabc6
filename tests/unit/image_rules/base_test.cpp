// What the image stands on.
#include "support/elf_builder.h"
#include "support/image_facts_fixture.h"

using namespace imgslim;
using test::ElfSpec;
using test::ImageFactsFixture;
using test::LayerFixture;

namespace {

constexpr auto linker_path = "/lib64/ld-linux-x86-64.so.2";

/// Two megabytes of a distribution below a program of the author's.
ImageFactsFixture on_distribution(const ElfSpec& program) {
  ImageFactsFixture image;
  LayerFixture lower, upper;
  lower.file("bin/sh", test::build_elf({}), 0755).file("usr/bin/perl", std::string(2'000'000, 'p'), 0755);
  ElfSpec linker;
  linker.soname = "ld-linux-x86-64.so.2";
  lower.file(linker_path + 1, test::build_elf(linker), 0755);
  lower.file("etc/os-release", "NAME=\"Debian\"\nID=debian\nVERSION_ID=\"10\"\n");
  upper.file("app", test::build_elf(program), 0755);
  image.layer("ADD rootfs.tar /", lower).layer("COPY app /app", upper).base(1);
  image.info.config.entrypoint = {"/app"};
  return image;
}

ElfSpec dynamic_program() {
  ElfSpec program;
  program.interpreter = linker_path;
  return program;
}

}  // namespace

TEST_CASE("SL1011 tells a static program on a distribution, as another way to build the image") {
  auto image = on_distribution({});
  const auto found = image.findings("SL1011");
  REQUIRE(found.size() == 1);
  CHECK(found[0].saving->basis == "estimated");
  CHECK(found[0].saving->bytes >= 2'000'000);
  CHECK(image.findings("SL1010").empty());
  for (const auto& finding : image.run().findings) CHECK((!finding.alternative.empty() || finding.claims.empty()));
}

TEST_CASE("SL1010 names the smallest distroless image for a program that needs no shell") {
  auto image = on_distribution(dynamic_program());
  const auto found = image.findings("SL1010");
  REQUIRE(found.size() == 1);
  CHECK(found[0].message.find("distroless/base") != std::string::npos);
  CHECK(image.findings("SL1011").empty());
}

TEST_CASE("SL1001 and SL1002 have the bytes of the image where the text raises them, and stay where it cannot know") {
  const auto judged = [](const std::string& text, const char* rule, const char* command) {
    auto image = on_distribution(dynamic_program());
    image.info.config.entrypoint = {command};
    return image.dockerfile(text).judged(rule);
  };
  for (const auto& [rule, text] : {std::pair("SL1001", "FROM golang:1.22\nCOPY app /app\n"),
                                   std::pair("SL1002", "FROM debian:12\nRUN make\nCOPY app /app\n")}) {
    CAPTURE(rule);
    const auto found = judged(text, rule, "/app");
    REQUIRE(found.size() == 1);
    REQUIRE(found[0].saving);
    CHECK(found[0].saving->bytes >= 2'000'000);
    CHECK(found[0].saving->basis == "estimated");
    CHECK(found[0].location.line == 1);
    const auto unknown = judged(text, rule, "/missing");
    REQUIRE(unknown.size() == 1);
    CHECK_FALSE(unknown[0].saving);
    CHECK(judged("FROM debian:12\nCOPY app /app\n", rule, "/app").empty());
  }
}

TEST_CASE("SL1006 has what nothing uses of what a COPY of a whole directory brings") {
  const auto judged = [](const std::string& source) {
    ImageFactsFixture image;
    LayerFixture base, copied;
    base.file("etc/hostname", "x");
    copied.file("usr/app", test::build_elf({}), 0755).file("usr/lib/unused", std::string(3000, 'u'));
    image.layer("ADD rootfs.tar /", base).layer("COPY " + source + " /usr", copied).base(1);
    image.info.config.entrypoint = {"/usr/app"};
    return image.dockerfile("FROM a:1 AS b\nFROM c:1\nCOPY --from=b " + source + " /usr\n").judged("SL1006");
  };
  const auto found = judged("/usr");
  REQUIRE(found.size() == 1);
  REQUIRE(found[0].saving);
  CHECK(found[0].saving->bytes == 3000);
  CHECK(found[0].saving->basis == "estimated");
  CHECK(judged("/usr/local/app").empty());
}

TEST_CASE("SL1010 and SL1011 are silent where a shell is used") {
  for (const auto& program : {ElfSpec{}, dynamic_program()}) {
    auto image = on_distribution(program);
    image.info.config.entrypoint = {};
    image.info.config.cmd = {"/bin/sh", "-c", "/app"};
    CHECK(image.findings("SL1010").empty());
    CHECK(image.findings("SL1011").empty());
    auto checked = on_distribution(program);
    checked.info.config.healthcheck = {"CMD-SHELL", "test -e /x"};
    CHECK(checked.findings("SL1010").empty());
    CHECK(checked.findings("SL1011").empty());
  }
}

TEST_CASE("SL1011 is silent about a program alone") {
  ImageFactsFixture image;
  LayerFixture layer;
  layer.file("app", test::build_elf({}), 0755);
  image.layer("COPY app /app", layer);
  image.info.config.entrypoint = {"/app"};
  CHECK(image.findings("SL1011").empty());
}

TEST_CASE("SL1013 goes by os-release and by the day") {
  auto image = on_distribution({});
  image.options.today = "2026-01-01";
  const auto found = image.findings("SL1013");
  REQUIRE(found.size() == 1);
  CHECK(found[0].message == "debian 10 has had no updates since 2024-06-30");
  auto earlier = on_distribution({});
  earlier.options.today = "2024-06-30";
  CHECK(earlier.findings("SL1013").empty());
  auto timeless = on_distribution({});
  CHECK(timeless.findings("SL1013").empty());
}

TEST_CASE("SL1009 compares the base with its slimmer variant") {
  const auto on = [](const std::string& from) {
    ImageFactsFixture image;
    LayerFixture lower, upper;
    lower.file("usr/lib/x", std::string(200'000'000, 'x'));
    upper.file("app", "x");
    image.layer("ADD rootfs.tar /", lower).layer("COPY app /app", upper).base(1);
    image.dockerfile("FROM " + from + "\nCOPY app /app\n");
    return image.findings("SL1009");
  };
  REQUIRE(on("python:3.12").size() == 1);
  CHECK(on("python:3.12")[0].message == "the base image has 200.0 MB unpacked, its variant -slim about 125.0 MB");
  CHECK(on("python:3.12-slim").empty());
  CHECK(on("busybox:1").empty());
}
