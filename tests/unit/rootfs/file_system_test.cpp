#include "rootfs/file_system.h"

#include "support/catch.h"
#include "support/layer_fixture.h"

using namespace imgslim;
using rootfs::FileSystem;

namespace {

std::string canonical(const FileSystem& files, std::string_view path) {
  const auto found = files.find(path);
  return found ? found->path : "";
}

}  // namespace

TEST_CASE("a path is resolved as the kernel does: links first, then ..") {
  test::LayerFixture layer;
  layer.directory("usr").directory("usr/lib").directory("opt").directory("opt/app").file("usr/lib/a", "x");
  layer.file("opt/a", "y").symlink("lib", "usr/lib").symlink("opt/app/lib", "/lib").symlink("self", "self");
  const auto tree = tree::merge({layer.done()});
  const FileSystem files(tree);
  CHECK(canonical(files, "/lib/a") == "/usr/lib/a");
  CHECK(canonical(files, "lib/./a") == "/usr/lib/a");
  CHECK(canonical(files, "/opt/app/lib/../../opt/a") == "/opt/a");
  CHECK(canonical(files, "/opt/app/lib/../lib//a") == "/usr/lib/a");
  CHECK(canonical(files, "/../../opt/app/../a") == "/opt/a");
  CHECK(canonical(files, "/opt/a/").empty());
  CHECK(canonical(files, "/opt/a/..").empty());
  CHECK(canonical(files, "/opt").empty());
  CHECK(files.open("/self").failure == rootfs::Failure::loop);
  CHECK(files.open("/nothing").failure == rootfs::Failure::missing);
  CHECK(files.link_target("/opt/app/lib") == "/lib");
  CHECK(files.canonical("/lib") == "/usr/lib");
  CHECK(files.is_directory("/opt/app/lib"));
  CHECK(files.list("/lib") == std::vector<std::string>{"a"});
}

TEST_CASE("hard links are one file, named by the first of its names") {
  test::LayerFixture layer;
  layer.file("b", "text", 0755).hardlink("a", "b");
  const auto tree = tree::merge({layer.done()});
  const FileSystem files(tree);
  REQUIRE(files.find("/a"));
  CHECK(files.find("/a")->file == files.find("/b")->file);
  CHECK(files.path_of(files.find("/b")->file) == "/a");
  CHECK(files.permissions(files.find("/a")->file).mode == 0755);
  CHECK(files.size_bytes(files.find("/a")->file) == 4);
}

TEST_CASE("configuration and package databases have texts, other files have none") {
  const auto layer = test::LayerFixture()
                         .file("etc/a.conf", "a = 1\n")
                         .file("app/node_modules/x/package.json", R"({"name":"x","version":"1"})")
                         .file("usr/share/words", "word\n")
                         .done();
  const auto tree = tree::merge({layer});
  const rootfs::FileSystem files(tree);
  CHECK(files.text_at("/etc/a.conf") == "a = 1\n");
  CHECK(files.text_at("/app/node_modules/x/package.json") == R"({"name":"x","version":"1"})");
  CHECK_FALSE(files.text_at("/usr/share/words"));
}
