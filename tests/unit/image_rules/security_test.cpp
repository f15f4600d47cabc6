// Secrets, modes, users and servers in an image.
#include <algorithm>

#include "support/image_facts_fixture.h"

using namespace imgslim;
using test::ImageFactsFixture;
using test::LayerFixture;

namespace {

const std::string base64_line = "MIIEpAIBAAKCAQEA0Z3VS5JJcds3xfn2ygWyF8PbnGy0AHB7MaXbWqf2pQ7mK0eL\n";
const std::string private_key =
    "-----BEGIN RSA PRIVATE KEY-----\n" + base64_line + base64_line + "-----END RSA PRIVATE KEY-----\n";

/// One file in a layer above an empty base.
ImageFactsFixture with_file(const std::string& path, const std::string& text, std::uint32_t mode = 0644) {
  ImageFactsFixture image;
  LayerFixture lower, upper;
  lower.file("etc/passwd", "root:x:0:0::/:/bin/sh\napp:x:7:7::/:/bin/sh\n").file("etc/group", "root:x:0:\napp:x:7:\n");
  upper.file(path, text, mode);
  image.layer("ADD rootfs.tar /", lower).layer("COPY . /app", upper).base(1);
  return image;
}

std::size_t secrets(const std::string& path, const std::string& text) {
  auto image = with_file(path, text);
  const auto found = image.findings("SL8003");
  for (const auto& finding : found) CHECK(finding.message.find(path) != std::string::npos);
  return found.size();
}

}  // namespace

TEST_CASE("SL8003 knows secrets by their form") {
  CHECK(secrets("app/id_rsa", private_key) == 1);
  CHECK(secrets("root/.npmrc", "//registry.npmjs.org/:_authToken=npm_0a1b2c3d4e5f\n") == 1);
  CHECK(secrets("app/.env", "PORT=80\nDB_PASSWORD=hunter2hunter2\n") == 1);
  CHECK(secrets("root/.aws/credentials", "[default]\naws_secret_access_key = wJalrXUtnFEMIbPxRfiCYzq\n") == 1);
  CHECK(secrets("root/.docker/config.json", "{\"auths\":{\"r\":{\n\"auth\": \"dXNlcjpwYXNzMTIz\"}}}\n") == 1);
  CHECK(secrets("app/.git/config", "[remote]\n url = https://bot:s3cr3tvalue@github.com/a/b\n") == 1);
  CHECK(secrets("app/config.yml", "token: ghp_0123456789abcdefghijABCDEFGHIJ012345\n") == 1);
  CHECK(secrets("root/.netrc", "machine a login b password 7x8y9z\n") == 1);
}

TEST_CASE("SL8003 is silent about models, placeholders, tests and public halves") {
  CHECK(secrets("app/.npmrc", "registry=https://npm.example\n//r/:_authToken=${NPM_TOKEN}\n") == 0);
  CHECK(secrets("app/.env", "PORT=80\nAPI_TOKEN=\nDB_PASSWORD=changeme\nSECRET_FILE=/run/secrets/x\n") == 0);
  CHECK(secrets("app/.env.example", "DB_PASSWORD=hunter2hunter2\n") == 0);
  CHECK(secrets("app/tests/key.pem", private_key) == 0);
  CHECK(secrets("usr/lib/python3/dist-packages/x/key.pem", private_key) == 0);
  CHECK(secrets("app/cert.pem", "-----BEGIN CERTIFICATE-----\n" + base64_line + "-----END CERTIFICATE-----\n") == 0);
  CHECK(secrets("app/pem.py", "MARK = '-----BEGIN RSA PRIVATE KEY-----'\n") == 0);
  CHECK(secrets("app/aws.md", "AKIAIOSFODNN7EXAMPLE is no secret\n") == 0);
  CHECK(secrets("app/.git/config", "[remote]\n url = https://github.com/a/b\n") == 0);
}

TEST_CASE("SL8003 tells what a later layer deletes, and never the secret") {
  ImageFactsFixture image;
  LayerFixture lower, middle, upper;
  lower.file("etc/x", "x");
  middle.file("root/.npmrc", "//registry/:_authToken=npm_0a1b2c3d4e5f\n");
  upper.file("root/.wh..npmrc", "");
  image.layer("ADD rootfs.tar /", lower)
      .layer("COPY .npmrc /root/", middle)
      .layer("RUN rm /root/.npmrc", upper)
      .base(1);
  image.dockerfile("FROM a:1\nCOPY .npmrc /root/\nRUN rm /root/.npmrc\n");
  const auto found = image.findings("SL8003");
  REQUIRE(found.size() == 1);
  CHECK(found[0].location.line == 2);
  CHECK(found[0].severity == "error");
  CHECK(found[0].message == "layer 2 holds a login of npm, which layer 3 deletes in vain: /root/.npmrc");
}

TEST_CASE("SL7003 is an error where the value is in config or history") {
  auto image = with_file("etc/app.conf", "password = hunter2-and-more\n");
  image.step("ENV DB_PASSWORD=hunter2-and-more").step("ARG NPM_TOKEN");
  image.step("RUN |1 NPM_TOKEN=abcdef123 /bin/sh -c npm ci");
  image.info.history.back().created_by = "RUN |1 NPM_TOKEN=abcdef123 /bin/sh -c npm ci # buildkit";
  image.info.config.env = {"PATH=/bin", "DB_PASSWORD=hunter2-and-more"};
  image.dockerfile("FROM a:1\nCOPY . /app\nENV DB_PASSWORD=hunter2-and-more\nARG NPM_TOKEN\nRUN npm ci\n");
  const auto found = image.judged("SL7003");
  REQUIRE(found.size() == 2);
  CHECK(found[0].location.line == 3);
  CHECK(found[0].severity == "error");
  CHECK(found[0].evidence == std::vector<FindingEvidence>{{"etc/app.conf", 0}});
  CHECK(found[1].location.line == 4);
  CHECK(found[1].message == "the value of NPM_TOKEN is in the image's history: whoever has the image has it");
  for (const auto& finding : found) {
    CHECK(finding.message.find("hunter2") == std::string::npos);
    CHECK(finding.message.find("abcdef123") == std::string::npos);
  }
}

TEST_CASE("SL7003 leaves the base's variables and placeholders alone") {
  ImageFactsFixture image;
  LayerFixture lower, upper;
  lower.file("etc/x", "x");
  upper.file("app/x", "x");
  image.step("ENV GPG_KEY=A035C8C19219BA821ECEA86B64E628F8D684696D").step("ENV BASE_TOKEN=abcdef123456");
  image.layer("ADD rootfs.tar /", lower).layer("COPY . /app", upper).base(1).step("ENV API_TOKEN=changeme");
  image.info.config.env = {"GPG_KEY=A035C8C19219BA821ECEA86B64E628F8D684696D", "BASE_TOKEN=abcdef123456",
                           "API_TOKEN=changeme"};
  CHECK(image.findings("SL7003").empty());
}

TEST_CASE("SL8006 tells setuid and world-writable files of the author's layers") {
  auto image = with_file("app/run-as-root", "x", 04755);
  const auto found = image.findings("SL8006");
  REQUIRE(found.size() == 1);
  CHECK(found[0].location.path == "app/run-as-root");
  CHECK(found[0].severity == "warning");
  auto writable = with_file("app/data", "x", 0666);
  REQUIRE(writable.findings("SL8006").size() == 1);
  CHECK(writable.findings("SL8006")[0].fix->description == "chmod o-w in the same RUN, or COPY --chmod");
  auto good = with_file("app/data", "x", 0664);
  CHECK(good.findings("SL8006").empty());
  auto temporary = with_file("tmp/data", "x", 0666);
  CHECK(temporary.findings("SL8006").empty());
}

TEST_CASE("SL8007 tells an ssh server by its package and by its port") {
  ImageFactsFixture image;
  LayerFixture lower, upper;
  lower.file("etc/x", "x");
  upper.file("usr/sbin/sshd", std::string(1000, 'x'), 0755);
  upper.file("var/lib/dpkg/status",
             "Package: openssh-server\nStatus: install ok installed\nVersion: 1\nArchitecture: all\n");
  upper.file("var/lib/dpkg/info/openssh-server.list", "/usr/sbin/sshd\n");
  image.layer("ADD rootfs.tar /", lower).layer("RUN apt-get install -y openssh-server", upper).base(1);
  image.step("EXPOSE map[22/tcp:{}]");
  image.info.config.exposed_ports = {"22/tcp"};
  image.dockerfile("FROM a:1\nRUN apt-get install -y openssh-server\nEXPOSE 22\n");
  const auto found = image.judged("SL8007");
  REQUIRE(found.size() == 2);
  CHECK(found[0].location.line == 2);
  CHECK(found[0].saving->bytes == 1000);
  CHECK(found[1].location.line == 3);
  auto good = with_file("app/x", "x");
  good.info.config.exposed_ports = {"2222/tcp"};
  CHECK(good.findings("SL8007").empty());
}

TEST_CASE("SL5010 tells names of --chown that the image does not know") {
  auto image = with_file("app/x", "x");
  image.dockerfile("FROM a:1\nCOPY --chown=app:web . /app\n");
  const auto found = image.findings("SL5010");
  REQUIRE(found.size() == 1);
  CHECK(found[0].location.line == 2);
  CHECK(found[0].message == "--chown=app:web: the image's /etc/group does not know web");
  auto good = with_file("app/x", "x");
  good.dockerfile("FROM a:1\nCOPY --chown=app:7 . /app\n");
  CHECK(good.findings("SL5010").empty());
}
