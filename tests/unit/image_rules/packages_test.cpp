// Why packages are there: one image that a rule must find, and one that it must leave alone.
#include <set>

#include "support/elf_builder.h"
#include "support/image_facts_fixture.h"

using namespace imgslim;
using test::ImageFactsFixture;
using test::LayerFixture;

namespace {

constexpr std::size_t size = 200'000;

std::string paragraph(const std::string& name, const std::string& fields = "") {
  return "Package: " + name + "\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\n" + fields + "\n";
}

std::string automatic(const std::string& name) {
  return "Package: " + name + "\nArchitecture: amd64\nAuto-Installed: 1\n\n";
}

/// A base layer, and one where apt installed packages; each owns one file of `size` bytes.
struct Debian {
  ImageFactsFixture image;
  LayerFixture base, installs;
  std::string status, states;

  Debian& package(const std::string& name, const std::string& fields, const std::string& file, bool is_automatic,
                  std::string content = std::string(size, 'x')) {
    status += paragraph(name, fields);
    if (is_automatic) states += automatic(name);
    installs.file("var/lib/dpkg/info/" + name + ".list", "/" + file + "\n");
    content.resize(std::max(content.size(), size), '\0');
    installs.file(file, content, 0755);
    return *this;
  }
  ImageFactsFixture& done(const std::string& instruction = "RUN apt-get install -y app") {
    installs.file("var/lib/dpkg/status", status);
    if (!states.empty()) installs.file("var/lib/apt/extended_states", states);
    base.file("etc/hostname", "x");
    image.layer("ADD rootfs.tar /", base).layer(instruction, installs).base(1);
    return image;
  }
};

/// The image's program is that of package app.
Debian with_app(const std::string& fields) {
  Debian debian;
  debian.package("app", fields, "usr/bin/app", false, test::build_elf({}));
  debian.image.info.config.entrypoint = {"/usr/bin/app"};
  debian.image.info.platform = {"linux", "amd64", ""};
  return debian;
}

std::uint64_t saved(ImageFactsFixture& image, const char* rule) {
  std::uint64_t bytes = 0;
  for (const auto& finding : image.findings(rule)) {
    REQUIRE(finding.saving);
    CHECK(finding.location.layer == 1u);
    bytes += finding.saving->bytes;
  }
  return bytes;
}

}  // namespace

TEST_CASE("SL3001 has the lists that are there, not the empty directory") {
  ImageFactsFixture bad, good;
  LayerFixture base, other_base, lists, lock;
  lists.file("var/lib/apt/lists/deb.debian.org_Packages.lz4", std::string(size, 'p'));
  lock.file("var/lib/apt/lists/lock", "");
  bad.layer("ADD rootfs.tar /", base.file("etc/a", "a")).layer("RUN apt-get update", lists).base(1);
  good.layer("ADD rootfs.tar /", other_base.file("etc/a", "a")).layer("RUN apt-get update", lock).base(1);
  CHECK(saved(bad, "SL3001") == size);
  CHECK(good.findings("SL3001").empty());
}

TEST_CASE("SL3001 is silent where the image disproves the text, and stands at the RUN where it does not") {
  const std::string text = "FROM debian:12\nRUN apt-get update\n";
  ImageFactsFixture bad, good;
  LayerFixture base, other_base, lists, lock;
  lists.file("var/lib/apt/lists/deb.debian.org_Packages.lz4", std::string(size, 'p'));
  lock.file("var/lib/apt/lists/lock", "");
  bad.layer("ADD rootfs.tar /", base.file("etc/a", "a")).layer("RUN apt-get update", lists).base(1).dockerfile(text);
  good.layer("ADD rootfs.tar /", other_base.file("etc/a", "a"))
      .layer("RUN apt-get update", lock)
      .base(1)
      .dockerfile(text);
  const auto found = bad.judged("SL3001");
  REQUIRE(found.size() == 1);
  CHECK(found[0].location.line == 2u);
  CHECK(good.judged("SL3001").empty());
}

TEST_CASE("SL3002 has the archives that a later layer deletes as well, where others stay") {
  const auto build = [](ImageFactsFixture& image, bool with_cache) {
    LayerFixture base, installs, removes;
    installs.file("var/cache/apt/archives/gcc_12_amd64.deb", std::string(size, 'd'));
    if (with_cache) installs.file("var/cache/apt/pkgcache.bin", std::string(size, 'c'));
    removes.file("var/cache/apt/archives/.wh.gcc_12_amd64.deb", "");
    image.layer("ADD rootfs.tar /", base.file("etc/a", "a")).layer("RUN apt-get install -y gcc", installs);
    image.layer("RUN rm /var/cache/apt/archives/*.deb", removes).base(1);
  };
  ImageFactsFixture both, deleted;
  build(both, true);
  build(deleted, false);
  CHECK(saved(both, "SL3002") == 2 * size);
  CHECK(deleted.findings("SL3002").empty());
}

TEST_CASE("SL3003 has what only Recommends keeps, not what the program uses of it") {
  auto debian = with_app("Recommends: extra\n");
  debian.package("extra", "Depends: extra-data\n", "usr/share/extra", true);
  debian.package("extra-data", "", "usr/share/extra-data", true);
  CHECK(saved(debian.done(), "SL3003") == 2 * size);
  auto needed = with_app("Depends: extra\n");
  needed.package("extra", "", "usr/share/extra", true);
  CHECK(needed.done().findings("SL3003").empty());
}

TEST_CASE("SL3003 names the recommended package that runs, and keeps what it depends on") {
  Debian debian;
  debian.package("meta", "Recommends: server, manual\n", "usr/share/meta", false);
  debian.package("server", "Depends: data\n", "usr/bin/server", true, test::build_elf({}));
  debian.package("data", "", "usr/share/data", true);
  debian.package("manual", "", "usr/share/manual", true);
  debian.image.info.config.entrypoint = {"/usr/bin/server"};
  debian.image.info.platform = {"linux", "amd64", ""};
  const auto found = debian.done().findings("SL3003");
  REQUIRE(found.size() == 1);
  CHECK(found[0].saving->bytes == size);
  CHECK(found[0].evidence.at(0).path == "manual");
  REQUIRE(found[0].fix);
  CHECK(found[0].fix->description.find("server") != std::string::npos);
}

TEST_CASE("SL3003 and SL3008 say nothing where apt's record is missing") {
  auto debian = with_app("Recommends: extra\n");
  debian.package("extra", "", "usr/share/extra", false);
  CHECK(debian.done().findings("SL3003").empty());
  CHECK(debian.image.findings("SL3008").empty());
}

TEST_CASE("SL3004 has packages that nothing reached needs, as an estimate, and not what app depends on") {
  auto debian = with_app("Depends: lib\n");
  debian.package("lib", "", "usr/share/lib", true, std::string(2'000'000, 'l'));
  debian.package("idle", "", "usr/bin/idle", false, std::string(2'000'000, 'i'));
  const auto found = debian.done().findings("SL3004");
  REQUIRE(found.size() == 1);
  CHECK(found[0].saving->bytes == 2'000'000);
  CHECK(found[0].saving->basis == "estimated");
  CHECK(found[0].evidence.at(0).path == "idle");
}

TEST_CASE("SL3004 says nothing when no command is known") {
  Debian debian;
  debian.package("idle", "", "usr/bin/idle", false, std::string(2'000'000, 'i'));
  CHECK(debian.done().findings("SL3004").empty());
}

TEST_CASE("SL3004 rests on a trace where the closure cannot know, and says so") {
  Debian debian;
  debian.package("app", "Depends: lib\n", "usr/bin/app", false);
  debian.package("lib", "", "usr/share/lib", true, std::string(2'000'000, 'l'));
  debian.package("idle", "", "usr/bin/idle", false, std::string(2'000'000, 'i'));
  const auto found = debian.done().trace("/usr/bin/app\n").findings("SL3004");
  REQUIRE(found.size() == 1);
  CHECK(found[0].evidence.at(0).path == "idle");
  CHECK(found[0].saving->basis == "estimated");
  CHECK(found[0].message.ends_with(" (as far as the trace goes)"));
}

TEST_CASE("a trace that names nothing of the image lets nobody call a package unused") {
  Debian debian;
  debian.package("idle", "", "usr/bin/idle", false, std::string(2'000'000, 'i'));
  CHECK(debian.done().trace("/usr/bin/other\n").findings("SL3004").empty());
}

TEST_CASE("SL3007 has what a later RUN purges, and apk's virtual packages that stayed") {
  ImageFactsFixture late, same;
  LayerFixture base, installs, purges, base2, installs2, removes2;
  installs.file("usr/bin/gcc", std::string(size, 'g'));
  purges.file("usr/bin/.wh.gcc", "");
  late.layer("ADD rootfs.tar /", base.file("etc/a", "a")).layer("RUN apt-get install -y gcc", installs);
  late.layer("RUN apt-get purge -y gcc", purges).base(1);
  CHECK(saved(late, "SL3007") == size);
  CHECK(late.findings("SL2001").empty());
  installs2.file("opt/data", std::string(size, 'g'));
  removes2.file("opt/.wh.data", "");
  same.layer("ADD rootfs.tar /", base2.file("etc/a", "a"))
      .layer("RUN make", installs2)
      .layer("RUN rm /opt/data", removes2);
  CHECK(same.base(1).findings("SL3007").empty());

  ImageFactsFixture alpine;
  LayerFixture apk_base, apk;
  apk.file("lib/apk/db/installed",
           "P:.build\nV:1\nA:noarch\nD:gcc\n\nP:gcc\nV:1\nA:x86_64\nF:usr/bin\nR:gcc\n\nP:app\nV:1\nA:x86_64\nF:usr/"
           "bin\nR:app\n\n");
  apk.file("etc/apk/world", "app\n.build\n")
      .file("usr/bin/gcc", std::string(size, 'g'))
      .file("usr/bin/app", std::string(size, 'a'));
  alpine.layer("ADD rootfs.tar /", apk_base.file("etc/a", "a")).layer("RUN apk add -t .build gcc", apk).base(1);
  CHECK(saved(alpine, "SL3007") == size);
}

TEST_CASE("SL3008 has orphans, and follows Suggests as the image's apt does") {
  auto orphan = with_app("");
  orphan.package("left", "", "usr/share/left", true);
  CHECK(saved(orphan.done(), "SL3008") == size);
  auto suggested = with_app("Suggests: idea\n");
  suggested.package("idea", "", "usr/share/idea", true);
  CHECK(suggested.done().findings("SL3008").empty());
  auto docker = with_app("Suggests: idea\n");
  docker.package("idea", "", "usr/share/idea", true);
  docker.base.file("etc/apt/apt.conf.d/docker-autoremove-suggests", "Apt::AutoRemove::SuggestsImportant \"false\";\n");
  CHECK(saved(docker.done(), "SL3008") == size);
}

TEST_CASE("SL3011 has the cheaper of curl and wget, and nothing when there is one") {
  auto both = with_app("");
  both.package("curl", "Depends: libcurl4\n", "usr/bin/curl", false)
      .package("libcurl4", "", "usr/lib/libcurl.so", true);
  both.package("wget", "", "usr/bin/wget", false);
  CHECK(saved(both.done(), "SL3011") == size);
  auto one = with_app("");
  one.package("curl", "", "usr/bin/curl", false);
  CHECK(one.done().findings("SL3011").empty());
}

TEST_CASE("SL3012 has the tool of the health check with its dependencies, unless the program uses them") {
  auto only = with_app("");
  only.package("curl", "Depends: libcurl4\n", "usr/bin/curl", false, test::build_elf({.entry = 7}));
  only.package("libcurl4", "", "usr/lib/libcurl.so", true);
  only.image.info.config.healthcheck = {"CMD", "/usr/bin/curl", "http://localhost"};
  CHECK(saved(only.done(), "SL3012") == 2 * size);
  auto none = with_app("");
  none.image.info.config.healthcheck = {"CMD", "/usr/bin/app", "--check"};
  CHECK(none.done().findings("SL3012").empty());
}

TEST_CASE("SL3012 leaves what the program uses of the tool's dependencies") {
  Debian shared;
  test::ElfSpec needs_ssl;
  needs_ssl.soname = "libssl.so.3";
  shared.package("libssl3", "", "usr/lib/libssl.so.3", true, test::build_elf(needs_ssl));
  shared.package("curl", "Depends: libssl3, libcurl4\n", "usr/bin/curl", false, test::build_elf({.entry = 7}));
  shared.package("libcurl4", "", "usr/lib/libcurl.so", true);
  shared.image.info.config.entrypoint = {"/usr/lib/libssl.so.3"};
  shared.image.info.config.healthcheck = {"CMD", "/usr/bin/curl", "http://localhost"};
  CHECK(saved(shared.done(), "SL3012") == 2 * size);
}

TEST_CASE("SL3013 has the copies that an upgrade makes of the base's files") {
  const auto image_of = [](const std::string& instruction) {
    ImageFactsFixture image;
    LayerFixture base, upgrade;
    base.file("usr/lib/libc.so", std::string(size, 'o'));
    upgrade.file("usr/lib/libc.so", std::string(size, 'n'));
    image.layer("ADD rootfs.tar /", base).layer(instruction, upgrade).base(1);
    return image.findings("SL3013");
  };
  const auto found = image_of("RUN apt-get update && apt-get -y upgrade");
  REQUIRE(found.size() == 1);
  CHECK(found[0].saving->bytes == size);
  CHECK(found[0].saving->basis == "estimated");
  CHECK(image_of("RUN make install").empty());
}

TEST_CASE("SL3010 and SL3017 have packages by name, unless they run") {
  auto bad = with_app("");
  bad.package("strace", "", "usr/bin/strace", false);
  bad.package("fonts-dejavu-core", "", "usr/share/fonts/a.ttf", true, std::string(2'000'000, 'f'));
  CHECK(saved(bad.done(), "SL3010") == size);
  CHECK(saved(bad.image, "SL3017") == 2'000'000);
  auto good = with_app("");
  good.package("libstrace-like", "", "usr/share/x", false);
  CHECK(good.done().findings("SL3010").empty());
  CHECK(good.image.findings("SL3017").empty());
}

namespace {

/// What rules of paths find in one RUN layer, and whether they keep to it.
void check_paths(const char* rule, const std::string& bad, const std::string& good, std::size_t bytes = size) {
  CAPTURE(rule);
  ImageFactsFixture image, other, inherited;
  LayerFixture base, layer, base2, layer2, base3, layer3;
  layer.file(bad, std::string(bytes, 'b'));
  layer2.file(good, std::string(bytes, 'g'));
  base3.file(bad, std::string(bytes, 'b'));
  image.layer("ADD rootfs.tar /", base.file("etc/a", "a")).layer("RUN x", layer).base(1);
  other.layer("ADD rootfs.tar /", base2.file("etc/a", "a")).layer("RUN x", layer2).base(1);
  inherited.layer("ADD rootfs.tar /", base3).layer("RUN x", layer3.file("etc/b", "b")).base(1);
  CHECK(saved(image, rule) == bytes);
  CHECK(other.findings(rule).empty());
  CHECK(inherited.findings(rule).empty());
}

}  // namespace

TEST_CASE("rules of system packages' leftovers find their paths and no others") {
  check_paths("SL3002", "var/cache/apt/archives/gcc_12_amd64.deb", "var/cache/apt/archives/lock");
  check_paths("SL3002", "var/cache/apt/pkgcache.bin", "srv/app/pkgcache.bin");
  check_paths("SL3005", "var/cache/apk/APKINDEX.00740ba1.tar.gz", "var/cache/other/APKINDEX.tar.gz");
  check_paths("SL3006", "var/cache/dnf/fedora/packages/a.rpm", "var/cache/nginx/a");
  check_paths("SL3009", "usr/share/doc/app/changelog.gz", "usr/share/doc/app/copyright", 2'000'000);
  check_paths("SL3009", "usr/share/locale/de/LC_MESSAGES/app.mo", "usr/share/app/locale/de.mo", 2'000'000);
  check_paths("SL3015", "var/lib/dpkg/status-old", "var/lib/dpkg/status.other");
  check_paths("SL3015", "var/log/apt/term.log", "var/log/app.log");
}

TEST_CASE("rules of languages' leftovers find their paths and no others") {
  constexpr std::size_t large = 2'000'000;
  check_paths("SL4001", "root/.cache/pip/http/a", "root/.cache/pipx/a");
  check_paths("SL4003", "usr/lib/python3/site-packages/numpy/tests/data/a", "srv/app/tests/data/a", large);
  check_paths("SL4003", "app/node_modules/a/dist/index.js.map", "app/dist/index.js.map", large);
  check_paths("SL4006", "opt/conda/pkgs/python-3.11/bin/python", "opt/conda/lib/python3.11/os.py");
  check_paths("SL4008", "root/.cache/huggingface/hub/model.bin", "models/model.bin", large);
  check_paths("SL4011", "root/.npm/_cacache/content-v2/a", "app/.yarn/cache/a.zip");
  check_paths("SL4014", "app/node_modules/bcrypt/build/Release/obj.target/a.o", "app/node_modules/bcrypt/lib/a.node");
  check_paths("SL4022", "root/go/pkg/mod/cache/a.zip", "srv/go/main");
  check_paths("SL4022", "root/.m2/repository/a.jar", "app/lib/a.jar");
  check_paths("SL4030", "opt/java/jmods/java.base.jmod", "opt/java/lib/modules", large);
  check_paths("SL4040", "usr/share/dotnet/sdk/8.0.100/Roslyn/a.dll", "usr/share/dotnet/shared/a.dll");
}

TEST_CASE("messages of rules hold no placeholder that nobody fills") {
  const std::set<std::string> known{"{bytes}", "{compressed}", "{files}", "{layer}", "{name}", "{path}"};
  for (const auto& rule : rules::all_rules(Ruleset::built_in())) {
    const auto* message = rule.image ? rule.image->find("message") : nullptr;
    if (!message) continue;
    CAPTURE(rule.info.id, message->text);
    for (auto at = message->text.find('{'); at != std::string::npos; at = message->text.find('{', at + 1)) {
      const auto word = message->text.substr(at, message->text.find('}', at) + 1 - at);
      CHECK(known.count(word) == 1);
    }
    CHECK(message->text.find("/{path}") == std::string::npos);
  }
}
