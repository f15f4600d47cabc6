#include "packages/go_build_info.h"

#include "support/catch.h"
#include "support/real_tools.h"

using namespace imgslim::packages;
using Files = std::vector<std::string>;

namespace {

std::string varint(std::size_t value) {
  std::string bytes;
  for (; value >= 0x80; value >>= 7) bytes += static_cast<char>((value & 0x7f) | 0x80);
  return bytes += static_cast<char>(value);
}

std::string blob_of(const std::string& version, const std::string& lines, char flags = 2) {
  const auto modules = lines.empty() ? std::string() : std::string(16, 's') + lines + std::string(16, 'e');
  return std::string("\xff Go buildinf:", 14) + '\x08' + flags + std::string(16, '\0') + varint(version.size()) +
         version + varint(modules.size()) + modules;
}

std::optional<GoBuildInfo> scanned(std::string_view file, std::size_t chunk) {
  GoBuildInfoScanner scanner;
  for (std::size_t at = 0; at < file.size(); at += chunk) scanner.feed(real_tools::bytes_of(file.substr(at, chunk)));
  return scanner.finish();
}

const std::string lines =
    "path\texample.com/app/cmd/app\nmod\texample.com/app\tv1.4.0\th1:x=\ndep\tgolang.org/x/sys\tv0.1.0\th1:y=\n"
    "dep\texample.com/old\tv1.0.0\n=>\texample.com/new\tv2.0.0\th1:z=\nbuild\t-compiler=gc\nbuild\t-ldflags=\"-s -w\"\n"
    "build\tCGO_ENABLED=1\n";

}  // namespace

TEST_CASE("Go build info is found whatever the chunks are") {
  const auto file = std::string(4096, '\x7f') + blob_of("go1.22.1", lines) + std::string(999, 'x');
  for (const std::size_t chunk : {1u, 2u, 15u, 16u, 17u, 31u, 100u, 4096u, 100'000u}) {
    CAPTURE(chunk);
    const auto info = scanned(file, chunk);
    REQUIRE(info);
    CHECK(info->go_version == "go1.22.1");
    CHECK(info->main_path == "example.com/app/cmd/app");
    CHECK(info->main_module == GoModule{"example.com/app", "v1.4.0"});
    CHECK(info->dependencies == std::vector<GoModule>{{"golang.org/x/sys", "v0.1.0"}, {"example.com/new", "v2.0.0"}});
  }
}

TEST_CASE("Go build settings are read, and their absence is known") {
  CHECK(scanned(blob_of("go1.22.1", lines), 64)->settings == GoSettings{true, false, true, "-s -w"});
  CHECK(scanned(blob_of("go1.20", "path\tx\nbuild\t-trimpath=true\n"), 64)->settings ==
        GoSettings{true, true, false, ""});
  CHECK(scanned(blob_of("go1.17", "path\tx\n"), 64)->settings == GoSettings{});
}

TEST_CASE("a Go binary is a package of one file") {
  const auto info = scanned(blob_of("go1.22.1", lines), 64);
  REQUIRE(info);
  const auto package = go_package(*info, "usr/bin/app");
  CHECK(package.manager == "go");
  CHECK(package.name == "example.com/app");
  CHECK(package.version == "v1.4.0");
  CHECK(package.files == Files{"usr/bin/app"});
  const auto bare = scanned(blob_of("go1.22.1", ""), 64);
  REQUIRE(bare);
  CHECK(go_package(*bare, "usr/bin/app").name == "app");
  const auto tool = scanned(blob_of("go1.22.1", "path\tcmd/gofmt\n"), 64);
  REQUIRE(tool);
  CHECK(go_package(*tool, "gofmt").version == "go1.22.1");
}

TEST_CASE("a mark that is only a string constant does not hide the real one") {
  const auto decoy = blob_of("not a version", "") + std::string(200, 'x');
  for (std::size_t padding = 0; padding < 16; ++padding) {
    auto file = decoy + std::string(padding, 'y');
    file += std::string((16 - file.size() % 16) % 16, 'z') + blob_of("go1.20", lines);
    for (const std::size_t chunk : {1u, 33u, 100'000u}) {
      const auto info = scanned(file, chunk);
      REQUIRE(info);
      CHECK(info->go_version == "go1.20");
    }
  }
  const auto adjacent = std::string("\xff Go buildinf:\x08\x02", 16) + blob_of("go1.20", lines);
  REQUIRE(scanned(adjacent, 7));
}

TEST_CASE("unaligned marks, old pointers, cut and huge blobs give nothing") {
  CHECK_FALSE(scanned("", 1));
  CHECK_FALSE(scanned("x" + blob_of("go1.22", lines), 64));
  CHECK_FALSE(scanned(blob_of("go1.17", lines, 0), 64));
  const auto whole = blob_of("go1.22", lines);
  for (std::size_t size = 0; size < whole.size(); ++size) CHECK_FALSE(scanned(whole.substr(0, size), 64));
  const auto head = std::string("\xff Go buildinf:\x08\x02", 16) + std::string(16, '\0');
  CHECK_FALSE(scanned(head + "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01" + std::string(5000, 'g'), 64));
  CHECK_FALSE(scanned(head + varint(4) + "go1." + varint(2u << 20) + std::string(3u << 20, 'm'), 65536));
}

TEST_CASE("a file of nothing but marks takes time in proportion to its size") {
  std::string file;
  for (int i = 0; i < 400'000; ++i) file.append("\xff Go buildinf:\x08\x02", 16);
  CHECK_FALSE(scanned(file, 65536));
}

TEST_CASE("binaries built by Go say what go version -m says") {
  const auto root = real_tools::output_of("PATH=$PATH:/usr/local/go/bin go env GOROOT 2>/dev/null");
  if (!root || root->size() < 2) IMGSLIM_SKIP("no Go on this machine");
  const real_tools::ScratchDirectory scratch;
  const auto directory = scratch.path().string();
  const auto go = "cd " + directory + " && PATH=$PATH:/usr/local/go/bin GOFLAGS=-mod=mod go ";
  std::ofstream(scratch.path() / "go.mod") << "module example.com/hello\n\ngo 1.18\n";
  std::ofstream(scratch.path() / "main.go") << "package main\n\nfunc main() { println(\"hello\") }\n";
  Files binaries = {root->substr(0, root->size() - 1) + "/bin/go", root->substr(0, root->size() - 1) + "/bin/gofmt"};
  if (real_tools::output_of(go + "build -o hello . 2>/dev/null")) binaries.push_back(directory + "/hello");
  for (const auto& binary : binaries) {
    CAPTURE(binary);
    const auto listed = real_tools::output_of(go + "version -m " + binary);
    REQUIRE(listed);
    const auto info = scanned(real_tools::file_text(binary), 65536);
    REQUIRE(info);
    const auto expected = real_tools::lines_of(*listed);
    CHECK(expected.at(0) == binary + ": " + info->go_version);
    CHECK(expected.at(1) == "\tpath\t" + info->main_path);
    std::size_t dependencies = 0;
    for (const auto& line : expected) {
      if (line.starts_with("\tmod\t")) CHECK(line.starts_with("\tmod\t" + info->main_module.path + '\t'));
      dependencies += line.starts_with("\tdep\t") ? 1 : 0;
    }
    CHECK(info->dependencies.size() == dependencies);
  }
}
