#include "packages/jar.h"

#include <zlib.h>

#include "packages/zip_directory.h"
#include "support/catch.h"
#include "support/real_tools.h"

using namespace imgslim;
using namespace imgslim::packages;
using Files = std::vector<std::string>;

namespace {

std::string little(std::uint64_t value, std::size_t bytes) {
  std::string text;
  for (std::size_t i = 0; i < bytes; ++i) text += i < sizeof value ? static_cast<char>(value >> (8 * i) & 0xff) : '\0';
  return text;
}

std::string deflated(std::string_view text) {
  z_stream stream{};
  REQUIRE(deflateInit2(&stream, 9, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string bytes(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(bytes.data());
  stream.avail_out = static_cast<uInt>(bytes.size());
  REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  bytes.resize(stream.total_out);
  deflateEnd(&stream);
  return bytes;
}

/// Writes zip archives, deflated or stored, classic or zip64.
class ZipWriter {
 public:
  explicit ZipWriter(bool zip64 = false) : zip64_(zip64) {}

  void add(const std::string& name, const std::string& content, bool deflate_it = true) {
    const auto data = deflate_it ? deflated(content) : content;
    const auto offset = files_.size();
    files_ += little(0x04034b50, 4) + little(20, 2) + little(0, 2) + little(deflate_it ? 8 : 0, 2) + little(0, 8) +
              little(data.size(), 4) + little(content.size(), 4) + little(name.size(), 2) + little(0, 2) + name + data;
    const auto extra = zip64_ ? little(0x7777, 2) + little(2, 2) + "xx" + little(1, 2) + little(24, 2) +
                                    little(content.size(), 8) + little(data.size(), 8) + little(offset, 8)
                              : std::string();
    const auto size = [&](std::size_t value) { return little(zip64_ ? 0xffffffff : value, 4); };
    directory_ += little(0x02014b50, 4) + little(20, 2) + little(20, 2) + little(0, 2) + little(deflate_it ? 8 : 0, 2) +
                  little(0, 8) + size(data.size()) + size(content.size()) + little(name.size(), 2) +
                  little(extra.size(), 2) + little(0, 10) + size(offset) + name + extra;
    ++count_;
  }

  [[nodiscard]] std::string bytes(const std::string& comment = "") const {
    std::string end64;
    if (zip64_) {
      end64 = little(0x06064b50, 4) + little(44, 8) + little(0, 4) + little(0, 8) + little(count_, 8) +
              little(count_, 8) + little(directory_.size(), 8) + little(files_.size(), 8) + little(0x07064b50, 4) +
              little(0, 4) + little(files_.size() + directory_.size(), 8) + little(1, 4);
    }
    return files_ + directory_ + end64 + little(0x06054b50, 4) + little(0, 4) + little(count_, 2) + little(count_, 2) +
           little(directory_.size(), 4) + little(zip64_ ? 0xffffffff : files_.size(), 4) + little(comment.size(), 2) +
           comment;
  }

 private:
  bool zip64_;
  std::string files_, directory_;
  std::size_t count_ = 0;
};

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
