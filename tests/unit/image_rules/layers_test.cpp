// What layers do to each other: which bytes a finding claims, and on whose instruction it stands.
#include "support/image_facts_fixture.h"

using namespace imgslim;
using test::ImageFactsFixture;
using test::LayerFixture;

namespace {

constexpr std::size_t size = 100'000;

/// Content that no other letter's equals.
std::string content(char letter, std::size_t bytes = size) { return std::string(bytes, letter); }

ReportFinding only(ImageFactsFixture& image, const char* rule) {
  const auto found = image.findings(rule);
  REQUIRE(found.size() == 1);
  return found[0];
}

std::uint64_t saved(const ReportFinding& finding) {
  REQUIRE(finding.saving);
  CHECK(finding.saving->basis == "measured");
  return finding.saving->bytes;
}

}  // namespace

TEST_CASE("SL2001 names the layer that left what a later one deletes") {
  ImageFactsFixture image;
  LayerFixture base, adds, removes;
  base.file("etc/hostname", "x");
  adds.file("opt/big", content('a')).file("opt/other", content('b'));
  removes.file("opt/.wh.big", "");
  image.layer("ADD rootfs.tar /", base).layer("RUN make", adds).layer("RUN rm /opt/big", removes).base(1);
  const auto finding = only(image, "SL2001");
  CHECK(saved(finding) == size);
  CHECK(finding.location.layer == 1u);
  CHECK(finding.location.path == "opt/big");
}

TEST_CASE("SL2001 says nothing of what the base image left, or of what stays") {
  ImageFactsFixture image;
  LayerFixture base, removes;
  base.file("opt/big", content('a')).file("opt/kept", content('b'));
  removes.file("opt/.wh.big", "");
  image.layer("ADD rootfs.tar /", base).layer("RUN rm /opt/big", removes).base(1);
  CHECK(image.findings("SL2001").empty());
}

TEST_CASE("SL2002 has the deleted caches, SL2009 what was copied, SL2001 neither") {
  ImageFactsFixture image;
  LayerFixture base, installs, copies, removes;
  installs.file("var/lib/apt/lists/debian_Packages", content('a'));
  copies.file("tmp/archive.tar.gz", content('b'));
  removes.file("var/lib/apt/.wh.lists", "").file(".wh.tmp", "");
  image.layer("ADD rootfs.tar /", base)
      .layer("RUN apt-get update", installs)
      .layer("COPY archive.tar.gz /tmp/", copies);
  image.layer("RUN rm -rf /var/lib/apt/lists /tmp", removes).base(1);
  CHECK(only(image, "SL2002").location.layer == 1u);
  CHECK(only(image, "SL2009").location.layer == 2u);
  CHECK(image.findings("SL2001").empty());
}

TEST_CASE("SL2004 claims the copy that chown made, and of the base image's files says to leave them") {
  ImageFactsFixture image;
  LayerFixture base, copies, changes;
  base.file("usr/lib/big", content('a'), 0644);
  copies.file("app/main", content('b'), 0644);
  changes.file("usr/lib/big", content('a'), 0755).file("app/main", content('b'), 0755);
  image.layer("ADD rootfs.tar /", base).layer("COPY app /app", copies).layer("RUN chmod -R a+x /app /usr/lib", changes);
  const auto found = image.base(1).findings("SL2004");
  REQUIRE(found.size() == 2);
  for (const auto& finding : found) {
    CHECK(saved(finding) == size);
    CHECK(finding.location.layer == 2u);
  }
  CHECK(found[0].evidence.at(0).path == "app/main");
  CHECK(found[1].evidence.at(0).path == "usr/lib/big");
  CHECK(found[1].fix->description.starts_with("Leave the base image's files"));
}

TEST_CASE("SL2004 leaves debconf's answers to whoever installs") {
  ImageFactsFixture image;
  LayerFixture base, installs;
  base.file("var/cache/debconf/templates.dat", content('d'));
  installs.file("var/cache/debconf/templates.dat", content('d'), 0600);
  image.layer("ADD rootfs.tar /", base).layer("RUN apt-get install -y app", installs);
  CHECK(image.base(1).findings("SL2004").empty());
}

TEST_CASE("SL1008 is told of COPY, SL2004 is not") {
  ImageFactsFixture image;
  LayerFixture base, copies;
  base.file("usr/lib/big", content('a'));
  copies.file("usr/lib/big", content('a')).file("usr/lib/new", content('b'));
  image.layer("ADD rootfs.tar /", base).layer("COPY --from=build /usr/lib /usr/lib", copies).base(1);
  CHECK(saved(only(image, "SL1008")) == size);
  CHECK(image.findings("SL2004").empty());
}

TEST_CASE("SL2003 claims what was replaced by other content") {
  ImageFactsFixture image;
  LayerFixture base, first, second;
  base.file("etc/of-base", content('z'));
  first.file("srv/data", content('a'));
  second.file("srv/data", content('b', 2 * size)).file("etc/of-base", content('y'));
  image.layer("ADD rootfs.tar /", base).layer("RUN one", first).layer("RUN two", second).base(1);
  const auto finding = only(image, "SL2003");
  CHECK(saved(finding) == size);
  CHECK(finding.location.layer == 2u);
}

TEST_CASE("SL2005 tells what is moved from what is copied") {
  ImageFactsFixture image;
  LayerFixture base, copies, moves;
  copies.file("tmp/tool", content('a')).file("tmp/kept", content('b'));
  moves.file("usr/bin/tool", content('a')).file("usr/bin/kept", content('b')).file("tmp/.wh.tool", "");
  image.layer("ADD rootfs.tar /", base).layer("COPY tools /tmp/", copies).layer("RUN mv and cp", moves).base(1);
  CHECK(saved(only(image, "SL2005")) == 2 * size);
  CHECK(only(image, "SL2006").saving->bytes == size);
}

TEST_CASE("SL2006 leaves copies of the base image and documentation alone") {
  ImageFactsFixture image;
  LayerFixture base, adds;
  base.file("a", content('a')).file("b", content('a'));
  adds.file("usr/share/doc/x", content('c')).file("usr/share/doc/y", content('c'));
  image.layer("ADD rootfs.tar /", base).layer("RUN install", adds).base(1);
  CHECK(image.findings("SL2006").empty());
}

TEST_CASE("SL2010 counts a package database for each layer that stores it again") {
  ImageFactsFixture image;
  LayerFixture base, one, two, three;
  base.file("var/lib/dpkg/status", content('a'));
  one.file("var/lib/dpkg/status", content('b'));
  two.file("var/lib/dpkg/status", content('c'));
  three.file("var/lib/dpkg/status", content('d'));
  image.layer("ADD rootfs.tar /", base).layer("RUN 1", one).layer("RUN 2", two).layer("RUN 3", three).base(1);
  CHECK(image.findings("SL2010").size() == 2);
  CHECK(image.findings("SL2003").empty());
}

TEST_CASE("SL2010 counts what else two installations store twice, and leaves what other instructions do") {
  ImageFactsFixture image;
  LayerFixture base, one, two, three;
  base.file("etc/hostname", "x");
  one.file("var/lib/dpkg/status", content('b')).file("var/cache/debconf/templates.dat", content('t'));
  two.file("var/lib/dpkg/status", content('c')).file("var/cache/debconf/templates.dat", content('t'));
  two.file("srv/a", content('d'));
  three.file("srv/a", content('e'));
  image.layer("ADD rootfs.tar /", base).layer("RUN 1", one).layer("RUN 2", two).layer("RUN 3", three).base(1);
  CHECK(saved(only(image, "SL2010")) == 2 * size);
}

TEST_CASE("SL2008 is about archives that a RUN left outside of packages") {
  ImageFactsFixture image;
  LayerFixture base, runs, copies;
  runs.file("opt/tool.tar.gz", content('a')).file("usr/share/x/data.zip", content('b'));
  copies.file("srv/site.zip", content('c'));
  image.layer("ADD rootfs.tar /", base).layer("RUN curl -O", runs).layer("COPY site.zip /srv/", copies).base(1);
  const auto finding = only(image, "SL2008");
  CHECK(finding.location.path == "opt/tool.tar.gz");
  CHECK(saved(finding) == size);
}

TEST_CASE("SL2012 and SL2013 look at single files") {
  ImageFactsFixture image;
  LayerFixture base, adds;
  adds.file("var/log/lastlog", content('a')).file("srv/model.bin", content('b', 2'000'000));
  image.layer("ADD rootfs.tar /", base).layer("RUN useradd -u 1000000 app", adds).base(1);
  CHECK(saved(only(image, "SL2012")) == size);
  const auto large = only(image, "SL2013");
  CHECK(large.location.path == "srv/model.bin");
  CHECK_FALSE(large.saving);
}

TEST_CASE("SL1004 and SL1007 are about development files and sources") {
  ImageFactsFixture image;
  LayerFixture base, installs, copies;
  base.file("usr/include/of-base.h", content('z'));
  installs.file("usr/include/zlib.h", content('a')).file("usr/lib/libz.a", content('b'));
  copies.file("app/src/main.rs", content('c')).file("app/server", content('d'));
  image.layer("ADD rootfs.tar /", base).layer("RUN apt-get install zlib1g-dev", installs);
  image.layer("COPY --from=build /app /app", copies).base(1);
  CHECK(saved(only(image, "SL1004")) == 2 * size);
  CHECK(saved(only(image, "SL1007")) == size);
}

TEST_CASE("a rule that text raises and the image disproves stays silent") {
  const std::string text = "FROM debian:12\nCOPY app /app\nRUN chown -R app /app\n";
  for (const bool stored_again : {false, true}) {
    ImageFactsFixture image;
    LayerFixture base, copies, changes;
    copies.file("app/main", content('a'), 0644);
    if (stored_again) changes.file("app/main", content('a'), 0600);
    image.layer("ADD rootfs.tar /", base).layer("COPY app /app", copies).layer("RUN chown -R app /app", changes);
    const auto found = image.base(1).dockerfile(text).judged("SL2004");
    REQUIRE(found.size() == (stored_again ? 1u : 0u));
    if (!stored_again) continue;
    CHECK(found[0].location.line == 3u);
    CHECK(found[0].location.column == 5u);  // the command, which the text knows
  }
}

TEST_CASE("SL2014 claims all but one of the files that hard links became") {
  ImageFactsFixture image;
  LayerFixture base, links, changes;
  links.file("opt/a", content('a'), 0644).hardlink("opt/b", "opt/a").hardlink("opt/c", "opt/a");
  changes.file("opt/a", content('a'), 0600).file("opt/b", content('a'), 0600).file("opt/c", content('a'), 0600);
  image.layer("ADD rootfs.tar /", base).layer("RUN ln", links).layer("RUN chmod 600 /opt/*", changes).base(1);
  CHECK(saved(only(image, "SL2014")) == 2 * size);
}

TEST_CASE("hard links that are copied up as hard links are not broken") {
  ImageFactsFixture image;
  LayerFixture base, links, changes;
  links.file("opt/a", content('a'), 0644).hardlink("opt/b", "opt/a");
  changes.file("opt/a", content('a'), 0600).hardlink("opt/b", "opt/a");
  image.layer("ADD rootfs.tar /", base).layer("RUN ln", links).layer("RUN chmod 600 /opt/*", changes).base(1);
  CHECK(image.findings("SL2014").empty());
}

TEST_CASE("SL2007 needs the text that unpacks what the image shows to be copied") {
  const std::string copies = "FROM debian:12\nCOPY app.tar.gz /tmp/\n";
  for (const bool unpacks : {false, true}) {
    ImageFactsFixture image;
    LayerFixture base, copied, ran;
    copied.file("tmp/app.tar.gz", content('a'));
    ran.file("app/main", content('b'));
    const std::string run = unpacks ? "RUN tar -xzf /tmp/app.tar.gz -C /app" : "RUN make";
    image.layer("ADD rootfs.tar /", base).layer("COPY app.tar.gz /tmp/", copied).layer(run, ran).base(1);
    const auto found = image.dockerfile(copies + run + "\n").judged("SL2007");
    REQUIRE(found.size() == (unpacks ? 1u : 0u));
    if (unpacks) CHECK(saved(found[0]) == size);
  }
}

TEST_CASE("another image's Dockerfile gets no edits") {
  ImageFactsFixture image;
  LayerFixture base, adds, removes;
  base.file("etc/hostname", "x");
  adds.file("opt/big", content('a'));
  removes.file("opt/.wh.big", "");
  image.layer("ADD rootfs.tar /", base).layer("RUN make", adds).layer("RUN rm /opt/big", removes).base(1);
  image.dockerfile("FROM node\nWORKDIR /srv\nCOPY . .\nRUN npm install\nCMD npm start\n");
  const auto finding = only(image, "SL2001");
  CHECK(finding.location.line == 1u);
  REQUIRE(finding.fix);
  CHECK(finding.fix->edits.empty());
}
