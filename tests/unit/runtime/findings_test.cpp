#include "runtime/findings.h"

#include <algorithm>

#include "support/runtime_image.h"

using namespace imgslim;
using namespace imgslim::runtime;
using test::ElfSpec;
using test::RuntimeImage;

namespace {

using Ids = std::vector<std::string>;

std::vector<Finding> findings(RuntimeImage& root, const std::string& architecture = "amd64") {
  const auto image = root.done();
  const auto closure = runtime::close(image.files, image.config, {});
  return find_runtime_problems(closure, image.files, image.config, {"linux", architecture, ""});
}

Ids ids(RuntimeImage& root, const std::string& architecture = "amd64") {
  Ids result;
  for (const auto& finding : findings(root, architecture)) result.push_back(finding.rule);
  return result;
}

/// An image without findings: a program that runs as a numeric user.
RuntimeImage healthy(ElfSpec spec = {}) {
  RuntimeImage root;
  root.program("/usr/bin/app", std::move(spec)).command({"/usr/bin/app"});
  root.config.user = "1000";
  return root;
}

const std::string libraries = "/usr/lib/x86_64-linux-gnu/";

}  // namespace

TEST_CASE("a healthy image has no findings") {
  auto root = healthy();
  root.config.env = {"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8"};
  CHECK(ids(root).empty());
}

TEST_CASE("SL5001: shell form without a shell") {
  auto root = healthy();
  root.config.entrypoint = {};
  root.config.cmd = {"/bin/sh", "-c", "app --serve"};
  CHECK(ids(root) == Ids{"SL5001"});
}

TEST_CASE("SL5002: the command is missing or not executable") {
  auto root = healthy();
  root.command({"/usr/bin/gone"});
  const auto missing = findings(root);
  REQUIRE(missing.size() == 1);
  CHECK(missing[0].rule == "SL5002");
  CHECK(missing[0].severity == Severity::error);
  CHECK(missing[0].message.find("/usr/bin/gone") != std::string::npos);
  auto mode = healthy();
  mode.file("/start", "#!/usr/bin/app\n", 0644).command({"/start"});
  CHECK(ids(mode) == Ids{"SL5002"});
}

TEST_CASE("SL5003: the ELF interpreter is missing") {
  auto root = healthy();
  ElfSpec spec;
  spec.interpreter = "/lib/ld-musl-x86_64.so.1";
  root.file("/usr/bin/other", test::build_elf(spec), 0755).command({"/usr/bin/other"});
  const auto found = findings(root);
  REQUIRE(found.size() == 1);
  CHECK(found[0].rule == "SL5003");
  CHECK(found[0].path == "/usr/bin/other");
  CHECK(found[0].message.find("musl") != std::string::npos);
}

TEST_CASE("SL5004: a needed library is not found") {
  ElfSpec spec;
  spec.needed = {"libgone.so.1"};
  auto root = healthy(spec);
  const auto found = findings(root);
  REQUIRE(found.size() == 1);
  CHECK(found[0].rule == "SL5004");
  CHECK(found[0].severity == Severity::error);
  CHECK(found[0].message.find("libgone.so.1") != std::string::npos);
  CHECK_FALSE(found[0].evidence.empty());
}

TEST_CASE("SL5004: what only a possible library lacks is no finding") {
  ElfSpec spec, guess;
  spec.imports = {"dlopen"};
  spec.read_only_data = test::data_of({"libguess.so.1"});
  guess.needed = {"libgone.so.1"};
  auto root = healthy(spec);
  root.library(libraries + "libguess.so.1", guess);
  CHECK(ids(root).empty());
}

TEST_CASE("SL5005: the C library is older than what the program was built with") {
  ElfSpec spec;
  spec.version_needs = {{"libc.so.6", {"GLIBC_2.34", "GLIBC_2.38"}}};
  auto root = healthy(spec);
  const auto found = findings(root);
  REQUIRE(found.size() == 1);
  CHECK(found[0].rule == "SL5005");
  CHECK(found[0].message.find("GLIBC_2.38") != std::string::npos);
  CHECK(found[0].message.find("GLIBC_2.34") == std::string::npos);
  spec.version_needs = {{"libc.so.6", {"GLIBC_2.34", "GLIBC_2.36"}}};
  auto fine = healthy(spec);
  CHECK(ids(fine).empty());
}

TEST_CASE("SL5006: the program is of another architecture than the image") {
  auto foreign = healthy(), unstated = healthy();
  CHECK(ids(foreign, "arm64") == Ids{"SL5006"});
  CHECK(ids(unstated, "").empty());
}

TEST_CASE("SL5007: a script's interpreter is missing, or its line ends in CR") {
  auto root = healthy();
  root.file("/start", "#!/usr/bin/python3\n", 0755).command({"/start"});
  CHECK(ids(root) == Ids{"SL5007"});
  auto windows = healthy();
  windows.file("/start", "#!/usr/bin/app\r\n", 0755).command({"/start"});
  CHECK(ids(windows) == Ids{"SL5007"});
}

TEST_CASE("SL5008: a TLS client without certificates") {
  ElfSpec spec;
  spec.imports = {"SSL_connect"};
  auto root = healthy(spec);
  CHECK(ids(root) == Ids{"SL5008"});
  auto fine = healthy(spec);
  fine.file("/etc/ssl/certs/ca-certificates.crt", "x");
  CHECK(ids(fine).empty());
  auto server = healthy(spec);
  server.config.exposed_ports = {"443/tcp"};
  CHECK(ids(server).empty());
}

TEST_CASE("SL5009: TZ names a zone that is not there") {
  auto root = healthy();
  root.config.env = {"TZ=Europe/Berlin"};
  CHECK(ids(root) == Ids{"SL5009"});
  for (const auto zone : {"UTC", "CET-1CEST", ":UTC", ""}) {
    auto fine = healthy();
    fine.config.env = {std::string("TZ=") + zone};
    CHECK(ids(fine).empty());
  }
  auto present = healthy();
  present.file("/usr/share/zoneinfo/Europe/Berlin", "TZif").config.env = {"TZ=Europe/Berlin"};
  CHECK(ids(present).empty());
}

TEST_CASE("SL5010: USER is not in passwd") {
  auto root = healthy();
  root.config.user = "nobody:wheel";
  const auto found = findings(root);
  REQUIRE(found.size() == 2);
  CHECK(found[0].rule == "SL5010");
  CHECK(found[1].rule == "SL5010");
}

TEST_CASE("SL5011 and SL5012: root, and a user by name") {
  auto root = healthy();
  root.config.user = "";
  CHECK(ids(root) == Ids{"SL5011"});
  root = healthy();
  root.config.user = "root";
  CHECK(ids(root) == Ids{"SL5011"});
  root = healthy();
  root.config.user = "app";
  CHECK(ids(root) == Ids{"SL5012"});
}

TEST_CASE("SL5013: a volume that the user cannot write to") {
  auto root = healthy();
  root.directory("/data", 0755).directory("/open", 0777).config.volumes = {"/data", "/open", "/absent"};
  const auto found = findings(root);
  REQUIRE(found.size() == 1);
  CHECK(found[0].rule == "SL5013");
  CHECK(found[0].path == "/data");
}

TEST_CASE("SL5014: /tmp is missing or not for everybody") {
  ElfSpec spec;
  spec.type = 2;
  test::LayerFixture layer;
  layer.file("app", test::build_elf(spec), 0755);
  image::ImageConfig config;
  config.entrypoint = {"/app"};
  config.user = "1000";
  const test::BuiltImage image(layer.done(), config);
  const auto closure = runtime::close(image.files, image.config, {});
  const auto found = find_runtime_problems(closure, image.files, image.config, {"linux", "amd64", ""});
  REQUIRE(found.size() == 1);
  CHECK(found[0].rule == "SL5014");
  auto closed = healthy();
  closed.directory("/tmp", 0755);
  CHECK(ids(closed) == Ids{"SL5014"});
}

TEST_CASE("SL5015: a static program of glibc without nsswitch.conf") {
  ElfSpec spec;
  spec.type = 2;
  spec.read_only_data = test::data_of({"/etc/nsswitch.conf"});
  auto root = healthy();
  root.file("/app", test::build_elf(spec), 0755).command({"/app"});
  CHECK(ids(root) == Ids{"SL5015"});
  auto fine = healthy();
  fine.file("/app", test::build_elf(spec), 0755).file("/etc/nsswitch.conf", "hosts: files dns\n").command({"/app"});
  CHECK(ids(fine).empty());
}

TEST_CASE("SL5016: the health check's program is missing") {
  auto root = healthy();
  root.config.healthcheck = {"CMD", "/usr/bin/curl", "localhost"};
  CHECK(ids(root) == Ids{"SL5016"});
  root = healthy();
  root.config.healthcheck = {"CMD", "/usr/bin/app"};
  CHECK(ids(root).empty());
}

TEST_CASE("SL5018: variables that name what is not there") {
  auto root = healthy();
  root.config.env = {"PATH=/opt/gone/bin:/usr/bin:$HOME/bin", "LD_LIBRARY_PATH=/opt/lib",
                     "LD_PRELOAD=/usr/lib/libjemalloc.so.2"};
  const auto found = findings(root);
  REQUIRE(found.size() == 3);
  for (const auto& finding : found) CHECK(finding.rule == "SL5018");
  CHECK(found[0].path == "/opt/gone/bin");
}

TEST_CASE("SL5019 and SL5020: ld.so.conf and ld.so.cache disagree with the files") {
  auto root = healthy();
  root.file("/etc/ld.so.conf", "/opt/lib\n").library("/opt/lib/libx.so.1");
  const auto found = findings(root);
  REQUIRE(found.size() == 1);
  CHECK(found[0].rule == "SL5019");
  CHECK(found[0].path == "/opt/lib");
}

TEST_CASE("SL5021: a search path with an empty or relative element") {
  ElfSpec spec;
  spec.runpath = {"/usr/lib/app:"};
  spec.needed = {"liba.so.1"};
  auto root = healthy(spec);
  root.library(libraries + "liba.so.1");
  const auto found = findings(root);
  REQUIRE(found.size() == 1);
  CHECK(found[0].rule == "SL5021");
  CHECK(found[0].path == "/usr/bin/app");
}

TEST_CASE("SL5022: an object of glibc in a process of musl") {
  RuntimeImage root;
  ElfSpec musl, program, plugin;
  musl.interpreter = "";
  musl.exports = {"__libc_start_main", "stdin"};
  program.interpreter = "/lib/ld-musl-x86_64.so.1";
  program.needed = {"libc.musl-x86_64.so.1", "libplugin.so"};
  plugin.needed = {"libc.so.6"};
  root.library("/lib/ld-musl-x86_64.so.1", musl).library("/usr/lib/libplugin.so", plugin);
  root.file("/usr/bin/app", test::build_elf(program), 0755).command({"/usr/bin/app"});
  root.config.user = "1000";
  const auto found = findings(root);
  REQUIRE(found.size() == 1);
  CHECK(found[0].rule == "SL5022");
  CHECK(found[0].path == "/usr/lib/libplugin.so");
}
