#include "attribution/content_class.h"

#include "support/catch.h"

namespace imgslim::attribution {
namespace {

/// Asked as the first path, and behind all others of this file: what is kept of the last one changes nothing.
std::string_view content_class(std::string_view path, bool is_elf) {
  static ContentClasses asked_before;
  const auto alone = ContentClasses().of(path, is_elf);
  CHECK(asked_before.of(path, is_elf) == alone);
  return alone;
}

TEST_CASE("where a file stands decides before its name does") {
  CHECK(content_class("usr/share/doc/x/example.py", false) == "documentation");
  CHECK(content_class("var/lib/dpkg/info/x.md5sums", false) == "package databases");
  CHECK(content_class("var/lib/apt/lists/x_Packages.lz4", false) == "package caches");
  CHECK(content_class("srv/.git/README.md", false) == "version control data");
}

TEST_CASE("a directory's name counts as a whole component only") {
  CHECK(content_class("home/x/.cache/pip/http/a", false) == "package caches");
  CHECK(content_class("home/x/my.cache/a", false) == "[other files]");
  CHECK(content_class("var/library/dpkg", false) == "[other files]");
}

TEST_CASE("a path that is a class's directory itself is of the class, its neighbours are not") {
  CHECK(content_class("var/lib/other", false) == "[other files]");
  CHECK(content_class("var/lib/rpm", false) == "package databases");
  CHECK(content_class("var/lib/other", false) == "[other files]");
  CHECK(content_class("tmp", false) == "logs and temporary files");
  CHECK(content_class("x", false) == "[other files]");
  CHECK(content_class("root/.cargo/registry/index/x", false) == "package caches");
  CHECK(content_class(".cache", false) == "[other files]");
}

TEST_CASE("tests are test files inside a library tree, and program files elsewhere") {
  CHECK(content_class("usr/lib/python3/dist-packages/x/tests/test_a.py", false) == "test files");
  CHECK(content_class("app/tests/test_a.py", false) == "Python source");
}

TEST_CASE("ELF files are told by their first bytes, libraries among them by their name") {
  CHECK(content_class("usr/bin/x", true) == "executables");
  CHECK(content_class("usr/lib/libx.so.1.2", true) == "shared libraries");
  CHECK(content_class("usr/lib/x.py", true) == "executables");
  CHECK(content_class("usr/lib/x.o", true) == "static libraries and objects");
  CHECK(content_class("usr/lib/libx.so", false) == "[other files]");
}

TEST_CASE("an ending is a class only behind a name, and the longest one wins") {
  CHECK(content_class("app/x.js.map", false) == "source maps and type declarations");
  CHECK(content_class("app/x.js", false) == "JavaScript");
  CHECK(content_class("app/.md", false) == "[other files]");
  CHECK(content_class("etc/hosts", false) == "configuration");
}

TEST_CASE("package databases are known as such") {
  CHECK(is_package_database("lib/apk/db/installed"));
  CHECK_FALSE(is_package_database("var/cache/apt/pkgcache.bin"));
}

}  // namespace
}  // namespace imgslim::attribution
