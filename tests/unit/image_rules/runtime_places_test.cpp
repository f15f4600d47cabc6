// Where findings of the run-time closure stand in a Dockerfile.
#include "support/elf_builder.h"
#include "support/image_facts_fixture.h"

using namespace imgslim;
using test::ImageFactsFixture;
using test::LayerFixture;

namespace {

/// A static program that starts, as root, from the second layer.
ImageFactsFixture server(const std::string& dockerfile) {
  ImageFactsFixture image;
  LayerFixture lower, upper;
  lower.directory("tmp", 01777).file("etc/passwd", "root:x:0:0::/:/bin/sh\nweb:x:500:500::/:/bin/sh\n");
  lower.file("etc/group", "root:x:0:\nweb:x:500:\n");
  upper.file("srv/server", test::build_elf({}), 0755);
  image.layer("ADD rootfs.tar /", lower).layer("COPY server /srv/server", upper).base(1);
  image.info.config.entrypoint = {"/srv/server"};
  image.info.platform = {"linux", "amd64", ""};
  return std::move(image.dockerfile(dockerfile));
}

std::optional<std::uint32_t> line_of(ImageFactsFixture& image, const char* rule) {
  const auto found = image.judged(rule);
  REQUIRE(found.size() == 1);
  return found[0].location.line;
}

}  // namespace

TEST_CASE("SL5011 stands at the last USER, which the image's config confirms") {
  auto image = server("FROM debian:12\nUSER root\nCOPY server /srv/server\nENTRYPOINT [\"/srv/server\"]\n");
  image.step("USER root").step("ENTRYPOINT [\"/srv/server\"]");
  image.info.config.user = "root";
  CHECK(line_of(image, "SL5011") == 2);
}

TEST_CASE("SL5011 stands at the FROM when nothing states a user") {
  auto image = server("FROM debian:12\nCOPY server /srv/server\nENTRYPOINT [\"/srv/server\"]\n");
  image.step("ENTRYPOINT [\"/srv/server\"]");
  CHECK(line_of(image, "SL5011") == 1);
}

TEST_CASE("SL5011 and SL5012 are silent where the image's config disproves the text") {
  const std::string text = "FROM debian:12\nCOPY server /srv/server\nUSER root\nENTRYPOINT [\"/srv/server\"]\n";
  auto image = server(text);
  image.step("USER root").step("ENTRYPOINT [\"/srv/server\"]");
  image.info.config.user = "500";
  CHECK(image.judged("SL5011").empty());
  auto named = server("FROM debian:12\nCOPY server /srv/server\nUSER web\nENTRYPOINT [\"/srv/server\"]\n");
  named.step("USER web").step("ENTRYPOINT [\"/srv/server\"]");
  named.info.config.user = "500";
  CHECK(named.judged("SL5012").empty());
}

TEST_CASE("SL5012 and SL5010 stand at USER") {
  const std::string text = "FROM debian:12\nCOPY server /srv/server\nUSER web\nENTRYPOINT [\"/srv/server\"]\n";
  auto known = server(text);
  known.step("USER web").step("ENTRYPOINT [\"/srv/server\"]");
  known.info.config.user = "web";
  CHECK(line_of(known, "SL5012") == 3);
  CHECK(known.judged("SL5010").empty());
  auto unknown = server(text);
  unknown.step("USER nobody").step("ENTRYPOINT [\"/srv/server\"]");
  unknown.info.config.user = "nobody";
  CHECK(line_of(unknown, "SL5010") == 3);
}

TEST_CASE("SL5001, SL5002 and SL5016 stand at the instruction that states the command") {
  const std::string text = "FROM debian:12\nCOPY server /srv/server\nHEALTHCHECK CMD wget x\nCMD run it\n";
  auto image = server(text);
  image.step("HEALTHCHECK CMD wget x").step("CMD [\"/bin/sh\" \"-c\" \"run it\"]");
  image.info.config.entrypoint = {};
  image.info.config.cmd = {"/bin/sh", "-c", "run it"};
  image.info.config.healthcheck = {"CMD", "wget", "x"};
  CHECK(line_of(image, "SL5001") == 4);
  CHECK(line_of(image, "SL5016") == 3);
  auto gone = server("FROM debian:12\nCOPY server /srv/server\nENTRYPOINT [\"/srv/other\"]\n");
  gone.step("ENTRYPOINT [\"/srv/other\"]");
  gone.info.config.entrypoint = {"/srv/other"};
  CHECK(line_of(gone, "SL5002") == 3);
}

TEST_CASE("SL5001 tells shell form of HEALTHCHECK in an image without a shell") {
  auto image = server("FROM debian:12\nCOPY server /srv/server\nHEALTHCHECK CMD test -e /x\n");
  image.step("HEALTHCHECK CMD test -e /x");
  image.info.config.healthcheck = {"CMD-SHELL", "test -e /x"};
  CHECK(line_of(image, "SL5001") == 3);
}

TEST_CASE("SL5002 of a file without execute permission stands at the COPY that brought it") {
  ImageFactsFixture image;
  LayerFixture lower, upper;
  lower.directory("tmp", 01777);
  upper.file("srv/server", test::build_elf({}), 0644);
  image.layer("ADD rootfs.tar /", lower).layer("COPY server /srv/server", upper).base(1);
  image.info.config.entrypoint = {"/srv/server"};
  image.dockerfile("FROM debian:12\nCOPY server /srv/server\nENTRYPOINT [\"/srv/server\"]\n");
  image.step("ENTRYPOINT [\"/srv/server\"]");
  CHECK(line_of(image, "SL5002") == 2);
}

TEST_CASE("SL5018 and SL5009 stand at the ENV that sets the variable") {
  auto image = server("FROM debian:12\nENV TZ=Europe/Berlin\nENV PATH=/opt/x\nENV A=b\nCOPY server /srv/server\n");
  image.step("ENV TZ=Europe/Berlin").step("ENV PATH=/opt/x").step("ENV A=b");
  image.info.config.env = {"TZ=Europe/Berlin", "PATH=/opt/x", "A=b"};
  CHECK(line_of(image, "SL5009") == 2);
  CHECK(line_of(image, "SL5018") == 3);
}

TEST_CASE("of another image's Dockerfile only the FROM is named") {
  auto image = server("FROM alpine:3.20\nRUN apk add x\nRUN make\nUSER root\nUSER root\nCMD [\"y\"]\n");
  const auto found = image.findings("SL5011");
  REQUIRE(found.size() == 1);
  CHECK(found[0].location.line == 1);
}
