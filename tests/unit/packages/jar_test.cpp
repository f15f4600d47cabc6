#include "packages/jar.h"

#include "packages/zip_directory.h"
#include "support/catch.h"
#include "support/real_tools.h"
#include "support/zip_writer.h"

using namespace imgslim;
using namespace imgslim::packages;
using test::ZipWriter;
using Files = std::vector<std::string>;

namespace {

Jar jar_of(const std::string& bytes, std::string_view path) {
  auto jar = read_jar(real_tools::bytes_of(bytes), path);
  REQUIRE(jar);
  return *jar;
}

std::string pom(const std::string& artifact) {
  return "#Generated\r\nversion=1." + std::to_string(artifact.size()) +
         "\r\ngroupId=org.example\r\nartifactId=" + artifact + "\r\n";
}

}  // namespace

TEST_CASE("a jar is named by its Maven artifact, in every zip dialect") {
  for (const bool zip64 : {false, true}) {
    ZipWriter zip(zip64);
    zip.add("META-INF/MANIFEST.MF", "Manifest-Version: 1.0\r\nImplementation-Title: other\r\n");
    zip.add("META-INF/maven/org.example/core/pom.properties", pom("core"), zip64);
    for (const auto& bytes : {zip.bytes(), zip.bytes("comment PK"), "#!/bin/sh\nexec java -jar $0\n" + zip.bytes()}) {
      const auto jar = jar_of(bytes, "opt/core-1.4.jar");
      CHECK(jar.package.manager == "jar");
      CHECK(jar.package.name == "org.example:core");
      CHECK(jar.package.version == "1.4");
      CHECK(jar.package.files == Files{"opt/core-1.4.jar"});
      CHECK(jar.bundled.empty());
      CHECK(jar.notes.empty());
    }
  }
}

TEST_CASE("of several artifacts the one that fits the file name best is the jar's own") {
  ZipWriter zip;
  for (const auto* artifact : {"log", "app", "app-core", "zip"}) {
    zip.add("META-INF/maven/org.example/" + std::string(artifact) + "/pom.properties", pom(artifact));
  }
  zip.add("BOOT-INF/lib/dep-2.0.jar", "nested", false);
  const auto jar = jar_of(zip.bytes(), "app-core-1.8.jar");
  CHECK(jar.package.name == "org.example:app-core");
  CHECK(jar.bundled == Files{"dep-2.0.jar", "org.example:app:1.3", "org.example:log:1.3", "org.example:zip:1.3"});
}

TEST_CASE("the manifest, then the file name, stand in for Maven's properties") {
  ZipWriter bundle;
  bundle.add("META-INF/MANIFEST.MF",
             "Manifest-Version: 1.0\r\nBundle-SymbolicName: org.exam\r\n ple.lib;singleton:=true\r\n"
             "Bundle-Version: 3.1\r\n\r\nName: a/B.class\r\nImplementation-Version: 9\r\n");
  CHECK(jar_of(bundle.bytes(), "x.jar").package.name == "org.example.lib");
  CHECK(jar_of(bundle.bytes(), "x.jar").package.version == "3.1");
  ZipWriter titled;
  titled.add("META-INF/MANIFEST.MF", "Implementation-Title: The Lib\nImplementation-Version: 2.0\n");
  CHECK(jar_of(titled.bytes(), "x.jar").package.name == "The Lib");
  CHECK(jar_of(titled.bytes(), "x.jar").package.version == "2.0");
  const auto bare = jar_of(ZipWriter().bytes(), "lib/commons-lang3-3.12.0.jar");
  CHECK(bare.package.name == "commons-lang3");
  CHECK(bare.package.version == "3.12.0");
  CHECK(jar_of(ZipWriter().bytes(), "lib/ROOT.war").package.name == "ROOT");
}

TEST_CASE("the manifest's Class-Path is put together from its lines") {
  ZipWriter zip;
  zip.add("META-INF/MANIFEST.MF",
          "Manifest-Version: 1.0\r\nMain-Class: app.Main\r\nClass-Path: lib/a.jar lib/b-1.\r\n"
          " 2.jar\r\n\r\nName: app/\r\nClass-Path: other.jar\r\n");
  CHECK(jar_of(zip.bytes(), "app.jar").class_path == "lib/a.jar lib/b-1.2.jar");
  ZipWriter without;
  without.add("META-INF/MANIFEST.MF", "Manifest-Version: 1.0\r\n");
  CHECK(jar_of(without.bytes(), "app.jar").class_path.empty());
}

TEST_CASE("a metadata bomb is cut off and a broken entry noted") {
  ZipWriter zip;
  zip.add("META-INF/MANIFEST.MF",
          "Implementation-Title: big\nImplementation-Version: 1\nX: " + std::string(64u << 20, 'x'));
  zip.add("META-INF/maven/g/a/pom.properties", pom("a"));
  auto bytes = zip.bytes();
  CHECK(jar_of(bytes, "z.jar").package.name == "org.example:a");
  ZipWriter damaged;
  damaged.add("META-INF/MANIFEST.MF", "Implementation-Title: x\n");
  bytes = damaged.bytes();
  bytes[30 + 20] = '\xff';
  const auto jar = jar_of(bytes, "name-1.jar");
  CHECK(jar.package.name == "name");
  REQUIRE(jar.notes.size() == 1);
  CHECK(jar.notes[0].code == "jar-metadata-unreadable");
}

TEST_CASE("every truncation of a jar is refused and no changed byte does harm") {
  ZipWriter zip(true);
  zip.add("META-INF/MANIFEST.MF", "Implementation-Title: x\n");
  zip.add("META-INF/maven/g/a/pom.properties", pom("a"));
  const auto whole = zip.bytes();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    CHECK_FALSE(read_jar(real_tools::bytes_of(std::string_view(whole).substr(0, size)), "a.jar"));
  }
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (const char value : {'\0', '\x7f', '\xff'}) {
      auto changed = whole;
      changed[at] = value;
      const auto jar = read_jar(real_tools::bytes_of(changed), "a.jar");
      if (jar) CHECK(jar->package.files == Files{"a.jar"});
    }
  }
}

TEST_CASE("jars of this machine list what unzip lists") {
  const auto found = real_tools::output_of("find /usr/share/java -name '*.jar' -type f 2>/dev/null | sort | head -40");
  if (!found || found->empty() || !real_tools::has_program("unzip")) IMGSLIM_SKIP("no jars on this machine");
  std::size_t compared = 0;
  for (const auto& path : real_tools::lines_of(*found)) {
    CAPTURE(path);
    const auto listed = real_tools::output_of("unzip -Z1 " + path + " 2>/dev/null");
    if (!listed) continue;
    const auto bytes = real_tools::file_text(path);
    const auto entries = read_zip_directory(ByteView(bytes));
    REQUIRE(entries);
    Files names;
    for (const auto& entry : *entries) names.emplace_back(entry.name);
    CHECK((names == real_tools::lines_of(*listed)));
    for (const auto& entry : *entries) {
      if (entry.name != "META-INF/MANIFEST.MF") continue;
      const auto content = read_zip_entry(ByteView(bytes), entry, 1u << 20);
      REQUIRE(content);
      CHECK(real_tools::output_of("unzip -p " + path + " META-INF/MANIFEST.MF") == *content);
    }
    CHECK_FALSE(jar_of(bytes, path.substr(1)).package.name.empty());
    ++compared;
  }
  WARN(compared << " jars held against unzip");
}
