#include "linker/cache.h"

#include "linker/cache_check.h"
#include "support/catch.h"
#include "support/elf_builder.h"
#include "support/layer_fixture.h"
#include "support/real_tools.h"

using namespace imgslim;
using linker::Cache;
using linker::CacheWish;

namespace {

struct Line {
  std::string name, path;
  std::uint32_t flags = 0x0303;
  std::uint64_t hwcap = 0;
};

std::string old_cache(const std::vector<Line>& lines, ByteOrder order = ByteOrder::little) {
  test::ElfBytes out(64, order);
  std::string strings;
  out.raw(std::string("ld.so-1.7.0\0", 12));
  out.number(lines.size(), 4);
  for (const auto& line : lines) {
    out.number(line.flags, 4);
    out.number(strings.size(), 4);
    strings += line.name + '\0';
    out.number(strings.size(), 4);
    strings += line.path + '\0';
  }
  out.raw(strings);
  return out.text();
}

/// With the names of glibc-hwcaps subdirectories as an extension, unless there are none.
std::string new_cache(const std::vector<Line>& lines, const std::vector<std::string>& subdirectories = {},
                      ByteOrder order = ByteOrder::little) {
  constexpr std::size_t header = 48, entry = 24;
  const auto strings_at = header + lines.size() * entry;
  std::string strings;
  const auto place = [&](const std::string& text) {
    const auto at = strings_at + strings.size();
    strings += text + '\0';
    return at;
  };
  test::ElfBytes table(64, order);
  for (const auto& line : lines) {
    table.number(line.flags, 4);
    table.number(place(line.name), 4);
    table.number(place(line.path), 4);
    table.number(0, 4);
    table.number(line.hwcap, 8);
  }
  std::vector<std::size_t> names;
  for (const auto& name : subdirectories) names.push_back(place(name));
  while ((strings_at + strings.size()) % 4 != 0) strings += '\0';
  const auto extension = strings_at + strings.size();
  test::ElfBytes out(64, order);
  out.raw("glibc-ld.so.cache1.1");
  out.number(lines.size(), 4);
  out.number(strings.size(), 4);
  out.number(order == ByteOrder::little ? 2 : 3, 1);
  out.number(0, 3);
  out.number(subdirectories.empty() ? 0 : extension, 4);
  out.raw(std::string(12, '\0'));
  out.raw(table.text());
  out.raw(strings);
  if (subdirectories.empty()) return out.text();
  for (const std::uint64_t number : {0xeaa42174ull, 1ull, 1ull, 0ull, extension + 24ull, 4ull * names.size()})
    out.number(number, 4);
  for (const auto name : names) out.number(name, 4);
  return out.text();
}

std::uint64_t subdirectory(std::uint32_t index) { return (std::uint64_t{1} << 62) | (std::uint64_t{2} << 32) | index; }

std::string path_of(const std::optional<Cache>& cache, std::string_view name, const CacheWish& wish = {0x0303, {}, 0}) {
  REQUIRE(cache);
  const auto* entry = cache->find(name, wish);
  return entry == nullptr ? "" : std::string(entry->path);
}

}  // namespace

TEST_CASE("old, new and combined caches give the same path, in either byte order") {
  const std::vector<Line> lines = {
      {"libb.so", "/b/libb.so"}, {"liba.so", "/i386/liba.so", 3}, {"liba.so", "/a/liba.so"}};
  for (const auto order : {ByteOrder::little, ByteOrder::big}) {
    const auto old_text = old_cache(lines, order), new_text = new_cache(lines, {}, order);
    CHECK(path_of(Cache::read(old_text, order), "liba.so") == "/a/liba.so");
    CHECK(path_of(Cache::read(new_text, order), "liba.so") == "/a/liba.so");
    CHECK(path_of(Cache::read(new_text, order), "libc.so").empty());
    auto combined = old_cache({}, order);
    combined += new_text;
    CHECK(path_of(Cache::read(combined, order), "libb.so") == "/b/libb.so");
    CHECK_FALSE(Cache::read(new_text, order == ByteOrder::big ? ByteOrder::little : ByteOrder::big));
  }
}

TEST_CASE("the best wanted subdirectory of glibc-hwcaps wins, whatever their order in the cache") {
  const auto text = new_cache({{"liba.so", "/v2/liba.so", 0x0303, subdirectory(0)},
                               {"liba.so", "/v3/liba.so", 0x0303, subdirectory(1)},
                               {"liba.so", "/a/liba.so"},
                               {"libb.so", "/bad/libb.so", 0x0303, subdirectory(7)},
                               {"libb.so", "/old/libb.so", 0x0303, 4},
                               {"libb.so", "/b/libb.so"}},
                              {"x86-64-v2", "x86-64-v3"});
  const auto cache = Cache::read(text, ByteOrder::little);
  CHECK(path_of(cache, "liba.so", {0x0303, {"x86-64-v3", "x86-64-v2"}, 0}) == "/v3/liba.so");
  CHECK(path_of(cache, "liba.so", {0x0303, {"x86-64-v2"}, 0}) == "/v2/liba.so");
  CHECK(path_of(cache, "liba.so") == "/a/liba.so");
  CHECK(path_of(cache, "libb.so") == "/b/libb.so");
  CHECK(path_of(cache, "libb.so", {0x0303, {}, 4}) == "/old/libb.so");
}

TEST_CASE("a cache that is cut short is void or loses entries, never more") {
  for (const auto& whole :
       {old_cache({{"liba.so", "/a/liba.so"}, {"libb.so", "/b/libb.so"}}),
        new_cache({{"liba.so", "/a/liba.so", 0x0303, subdirectory(0)}, {"libb.so", "/b/libb.so"}}, {"x86-64-v3"})}) {
    REQUIRE(Cache::read(whole, ByteOrder::little));
    const auto entries = Cache::read(whole, ByteOrder::little)->entries().size();
    CHECK(entries == 2);
    for (std::size_t size = 0; size < whole.size(); ++size) {
      const auto cache = Cache::read(std::string_view(whole).substr(0, size), ByteOrder::little);
      if (cache && cache->entries().size() > entries) FAIL("more entries of " << size << " bytes");
    }
  }
  CHECK_FALSE(Cache::read("", ByteOrder::little));
  CHECK_FALSE(Cache::read("glibc-ld.so.cache1.1", ByteOrder::little));
}

TEST_CASE("this machine's cache holds what ldconfig prints of it") {
  const auto text = real_tools::file_text("/etc/ld.so.cache");
  const auto printed = real_tools::output_of("/sbin/ldconfig -p 2>/dev/null");
  if (text.empty() || !printed) IMGSLIM_SKIP("no ld.so.cache here");
  const auto cache = Cache::read(text, ByteOrder::little);
  REQUIRE(cache);
  std::vector<std::string> expected, read;
  for (const auto& line : real_tools::lines_of(*printed)) {
    const auto arrow = line.find(" => "), name_end = line.find(" (");
    if (line.starts_with("\t") && arrow != std::string::npos)
      expected.push_back(line.substr(1, name_end - 1) + " " + line.substr(arrow + 4));
  }
  for (const auto& entry : cache->entries()) read.push_back(std::string(entry.name) + " " + std::string(entry.path));
  CHECK(real_tools::sorted(read) == real_tools::sorted(expected));
}

TEST_CASE("directories of ld.so.conf that the cache does not cover, and entries whose file is gone, are reported") {
  test::ElfSpec liba, libb;
  liba.soname = "liba.so.1";
  libb.soname = "libb.so.1";
  test::LayerFixture layer;
  layer.file("etc/ld.so.conf", "include ld.so.conf.d/*.conf # all\nhwcap 1 x\n/etc/none\n");
  layer.file("etc/ld.so.conf.d/b.conf", "/opt/b/\n").file("etc/ld.so.conf.d/a.conf", "# no\n  /opt/a=libc6 \n/opt/a\n");
  layer.file("etc/ld.so.conf.d/c.txt", "/opt/never\n").file("opt/b/libb.so.1", test::build_elf(libb));
  layer.file("opt/a/liba.so.1.2", test::build_elf(liba))
      .symlink("opt/a/liba.so.1", "liba.so.1.2")
      .file("opt/a/libtext.so", "x");
  layer.file("etc/ld.so.cache", new_cache({{"libb.so.1", "/opt/b/libb.so.1"}, {"libgone.so", "/opt/b/libgone.so"}}));
  const auto tree = tree::merge({layer.done()});
  const rootfs::FileSystem files(tree);
  const auto conf = linker::read_conf(files);
  REQUIRE(conf.size() == 3);
  CHECK(conf[0].path == "/opt/a");
  CHECK(conf[0].file == "/etc/ld.so.conf.d/a.conf");
  CHECK(conf[0].line == 2);
  CHECK(conf[1].path == "/opt/b");
  const auto report = linker::check_cache(files);
  CHECK(report.has_cache);
  REQUIRE(report.uncovered.size() == 1);
  CHECK(report.uncovered[0].directory.path == "/opt/a");
  CHECK(report.uncovered[0].libraries == std::vector<std::string>{"/opt/a/liba.so.1.2"});
  REQUIRE(report.stale.size() == 1);
  CHECK(report.stale[0].path == "/opt/b/libgone.so");
}

TEST_CASE("glob patterns match as fnmatch does, in linear time") {
  CHECK(linker::matches_glob("a.conf", "*.conf"));
  CHECK_FALSE(linker::matches_glob(".conf", "*.conf"));
  CHECK(linker::matches_glob("a1.conf", "a[0-9].con?"));
  CHECK_FALSE(linker::matches_glob("ax.conf", "a[!a-z].conf"));
  CHECK(linker::matches_glob("a[", "a["));
  CHECK(linker::matches_glob("", "**"));
  CHECK_FALSE(linker::matches_glob(std::string(5000, 'a'), "*a*a*a*a*a*a*b"));
}
