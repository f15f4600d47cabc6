#include "elf/read_elf.h"
#include "support/catch.h"
#include "support/elf_builder.h"

using namespace imgslim;
using namespace imgslim::elf;
using Names = std::vector<std::string>;

namespace {

ElfFacts facts_with_data(std::string_view data, std::vector<std::string> exports = {}) {
  test::ElfSpec spec;
  spec.read_only_data = data;
  spec.exports = std::move(exports);
  const auto facts = read_elf(SparseImage(ByteView(test::build_elf(spec))));
  REQUIRE(facts);
  return *facts;
}

template <std::size_t size>
std::string_view text_of(const char (&literal)[size]) {
  return {literal, size - 1};
}

}  // namespace

TEST_CASE("paths of two or more components are found, each once") {
  const auto facts =
      facts_with_data(text_of("x\0/usr/lib/php/20220829\0/etc\0text/html\0/usr/lib/php/20220829\0/a/b/\0"));
  CHECK(facts.path_strings == Names{"/usr/lib/php/20220829", "/a/b"});
  CHECK_FALSE(facts.strings_cut);
}

TEST_CASE("paths within a longer string are found behind a separator") {
  const auto facts =
      facts_with_data("--modules-path=/usr/lib/nginx/modules --conf='/etc/nginx/nginx.conf' /a/b:/c/d;x/e/f");
  CHECK(facts.path_strings == Names{"/usr/lib/nginx/modules", "/etc/nginx/nginx.conf", "/a/b", "/c/d"});
}

TEST_CASE("of a path that goes on with a placeholder the directory is kept") {
  CHECK(facts_with_data("/etc/php/conf.d/%s.ini").path_strings == Names{"/etc/php/conf.d"});
  CHECK(facts_with_data("/etc/%s").path_strings.empty());
}

TEST_CASE("addresses, source files and kernel file systems are no paths") {
  const auto facts =
      facts_with_data(text_of("http://a.b/c/d\0/build/src/main.c\0/rustc/x/core.rs\0/proc/self/exe\0//a/b\0"));
  CHECK(facts.path_strings.empty());
}

TEST_CASE("names of libraries and modules are found where they are words without a slash") {
  const auto facts = facts_with_data(text_of(
      "libjvm.so\0libssl.so.3\0/opt/libno.so\0sudoers.so\0libx.source\0open libz.so.1 now\0lib%s.so\0.so\0x.so.1\0"));
  CHECK(facts.library_strings == Names{"libjvm.so", "libssl.so.3", "sudoers.so", "libz.so.1", "%s.so"});
}

TEST_CASE("formats of library names are told behind the names, with the words that may fill them") {
  const auto facts = facts_with_data(
      text_of("x\0%.*s/%s_dri.so\0/usr/lib/mod_%s-x.so\0lib%s.so\0%s.so\0a%s_dri.so.2\0%d_dri.so\0libz.so.1\0"
              "swrast\0Upper\0two words\0i\0kms-x_2\0"));
  CHECK(facts.library_strings == Names{"libz.so.1", "%s_dri.so", "mod_%s-x.so"});
  CHECK(facts.module_strings == Names{"swrast", "kms-x_2"});
  CHECK(facts_with_data(text_of("swrast\0lib%s.so\0")).module_strings.empty());
}

TEST_CASE("what the dynamic string table names is no string constant") {
  test::ElfSpec spec;
  spec.needed = {"libneeded.so.1"};
  spec.runpath = {"/opt/run/path"};
  const auto facts = read_elf(SparseImage(ByteView(test::build_elf(spec))));
  REQUIRE(facts);
  CHECK(facts->library_strings.empty());
  CHECK(facts->path_strings.empty());
}

TEST_CASE("module names are read of Python extensions only") {
  const auto data = text_of("x\0_elementpath\0lxml._elementpath\0__name__\0two words\0etree\0.x\0a..b\0_9\0");
  CHECK(facts_with_data(data).module_strings.empty());
  CHECK(facts_with_data(data, {"PyInit_etree"}).module_strings == Names{"_elementpath", "lxml._elementpath", "_9"});
}

TEST_CASE("more strings than are kept are told") {
  std::string data;
  for (int i = 0; i < 10'000; ++i) data += "/usr/lib/" + std::to_string(i) + '\0';
  const auto facts = facts_with_data(data);
  CHECK(facts.strings_cut);
  CHECK(facts.path_strings.size() > 4000);
  CHECK_FALSE(facts.incomplete);
}

TEST_CASE("an extension of Ruby that loads libraries tells words that may be their names") {
  test::ElfSpec spec;
  spec.read_only_data = text_of("digest\0json/common\0io/wait.so\0Digest\0no\0two words\0_x\0");
  CHECK(read_elf(SparseImage(ByteView(test::build_elf(spec))))->module_strings.empty());
  spec.imports = {"rb_require"};
  CHECK(read_elf(SparseImage(ByteView(test::build_elf(spec))))->module_strings ==
        Names{"digest", "json/common", "io/wait.so"});
}
