// Every rule of glibc's search, on crafted files, held against the machine's own ld.so.
#include "unit/linker/real_root.h"

using namespace imgslim;
using test::check_same;
using test::ElfSpec;
using test::needs;

namespace {

ElfSpec named(std::string soname) {
  ElfSpec spec;
  spec.soname = std::move(soname);
  return spec;
}

}  // namespace

TEST_CASE("DT_RUNPATH is not inherited (s01)") {
  IMGSLIM_REAL_ROOT(root, glibc_loader);
  root.program(needs({"liba.so"}, "", "/a:/b")).library("/a/liba.so", needs({"libb.so"})).library("/b/libb.so");
  check_same(root, "libb.so => not found");
}

TEST_CASE("DT_RPATH is inherited through the chain of loaders, past one with DT_RUNPATH (s02, s04)") {
  IMGSLIM_REAL_ROOT(root, glibc_loader);
  root.program(needs({"liba.so"}, "/a:/d")).library("/a/liba.so", needs({"libb.so"}, "", "/b"));
  root.library("/b/libb.so", needs({"libc1.so"}, "/c"))
      .library("/c/libc1.so", needs({"libd.so"}))
      .library("/d/libd.so");
  check_same(root, "libd.so => /d/libd.so");
}

TEST_CASE("a loader with DT_RUNPATH has no use of any DT_RPATH (s03)") {
  IMGSLIM_REAL_ROOT(root, glibc_loader);
  root.program(needs({"liba.so"}, "/a:/b"))
      .library("/a/liba.so", needs({"libb.so"}, "", "/empty"))
      .library("/b/libb.so");
  check_same(root, "libb.so => not found");
}

TEST_CASE("an empty DT_RUNPATH switches DT_RPATH off all the same") {
  IMGSLIM_REAL_ROOT(root, glibc_loader);
  auto liba = needs({"libb.so"});
  liba.runpath = {""};
  root.program(needs({"liba.so"}, "/a:/b")).library("/a/liba.so", liba).library("/b/libb.so");
  check_same(root, "libb.so => not found");
}

TEST_CASE("a program with both tags has lost its DT_RPATH for its children too (s05)") {
  IMGSLIM_REAL_ROOT(root, glibc_loader);
  root.program(needs({"liba.so"}, "/b", "/a")).library("/a/liba.so", needs({"libb.so"})).library("/b/libb.so");
  check_same(root, "libb.so => not found");
}

TEST_CASE("a name is satisfied by the DT_SONAME of a mapped object with another file name (s06)") {
  IMGSLIM_REAL_ROOT(root, glibc_loader);
  root.program(needs({"odd-name.so", "libb.so"}, "", "/a")).library("/a/odd-name.so", named("libx.so.1"));
  root.library("/a/libb.so", needs({"libx.so.1"}));
  check_same(root, "odd-name.so => /a/odd-name.so");
}

TEST_CASE("$ORIGIN of a program reached by a symlink is the real directory (s07)") {
  IMGSLIM_REAL_ROOT(root, glibc_loader);
  root.program(needs({"liba.so"}, "", "$ORIGIN/../lib"), "/opt/app/bin/tool").library("/opt/app/lib/liba.so");
  root.link("/bin/program", "/opt/app/bin/tool");
  check_same(root, "liba.so => /opt/app/bin/../lib/liba.so");
}

TEST_CASE("$ORIGIN of a library reached by a symlink is the link's directory (s08)") {
  IMGSLIM_REAL_ROOT(root, glibc_loader);
  root.program(needs({"liba.so"}, "", "/links")).library("/real/liba.so", needs({"libb.so"}, "", "$ORIGIN"));
  root.link("/links/liba.so", "../real/liba.so").library("/real/libb.so").library("/links/libb.so");
  check_same(root, "libb.so => /links/libb.so");
}

TEST_CASE("breadth first decides which copy is mapped (s09)") {
  IMGSLIM_REAL_ROOT(root, glibc_loader);
  root.program(needs({"liba.so", "libb.so"}, "", "/a")).library("/a/liba.so", needs({"libc1.so"}, "", "/deep"));
  root.library("/deep/libc1.so", needs({"libx.so"}, "", "/deep")).library("/deep/libx.so");
  root.library("/a/libb.so", needs({"libx.so"}, "", "/near")).library("/near/libx.so");
  check_same(root, "libx.so => /near/libx.so");
}

TEST_CASE("glibc-hwcaps directories come first in every search directory, the best level first (s10)") {
  IMGSLIM_REAL_ROOT(root, glibc_loader);
  root.program(needs({"liba.so", "libb.so"}, "", "/a")).library("/a/liba.so").library("/a/libb.so");
  for (const auto* level : {"x86-64-v2", "x86-64-v3", "x86-64-v4"})
    root.library(std::string("/a/glibc-hwcaps/") + level + "/liba.so");
  check_same(root, "libb.so => /a/libb.so");
}

TEST_CASE("legacy hardware directories are tried by loaders before 2.37") {
  IMGSLIM_REAL_ROOT(root, glibc_loader);
  std::filesystem::create_directories(root.path("/lib/x86_64-linux-gnu"));
  std::filesystem::copy_file("/lib/x86_64-linux-gnu/libc.so.6", root.path("/lib/x86_64-linux-gnu/libc.so.6"));
  root.program(needs({"liba.so", "libb.so"}, "", "/a")).library("/a/liba.so").library("/a/tls/liba.so");
  root.library("/a/x86_64/liba.so").library("/a/tls/x86_64/liba.so").library("/a/tls/haswell/x86_64/liba.so");
  root.library("/a/libb.so").library("/a/haswell/avx512_1/libb.so").library("/a/x86_64/x86_64/libb.so");
  CHECK(root.prediction() == root.truth());
}

TEST_CASE("DF_1_NODEFLIB drops the system directories and what the cache has in them (s11)") {
  IMGSLIM_REAL_ROOT(root, glibc_loader);
  auto program = needs({"liba.so", "libb.so"});
  program.flags_1 = 0x800;
  root.library("/usr/lib/liba.so", named("liba.so")).library("/opt/lib/libb.so", named("libb.so")).program(program);
  root.text("/etc/ld.so.conf", "/opt/lib\n").run_ldconfig();
  check_same(root, "liba.so => not found");
  CHECK(root.truth().contains("libb.so => /opt/lib/libb.so"));
}

TEST_CASE("a path in DT_NEEDED is opened from the working directory (s12)") {
  IMGSLIM_REAL_ROOT(root, glibc_loader);
  root.program(needs({"sub/liba.so", "./libb.so", "/x/libc1.so"}))
      .library("/work/sub/liba.so")
      .library("/work/libb.so");
  root.library("/x/libc1.so", needs({"liba.so", "/x/libc1.so"}));
  check_same(root, "sub/liba.so => /work/sub/liba.so", {.working_directory = "/work"});
}

TEST_CASE("LD_LIBRARY_PATH comes before DT_RUNPATH and after DT_RPATH (s13, s14)") {
  IMGSLIM_REAL_ROOT(root, glibc_loader);
  root.program(needs({"liba.so", "libb.so"}, "", "/run")).library("/run/liba.so").library("/env/liba.so");
  root.library("/env/libb.so", needs({"libx.so"}, "/r")).library("/r/libx.so").library("/env/libx.so");
  check_same(root, "liba.so => /env/liba.so", {.environment = {{"LD_LIBRARY_PATH", "/none;/env:/more/"}}});
}

TEST_CASE("an empty element is the working directory (s15)") {
  IMGSLIM_REAL_ROOT(root, glibc_loader);
  root.program(needs({"liba.so", "libb.so"}, "", "/none:")).library("/work/liba.so").library("/work/deps/libb.so");
  check_same(root, "liba.so => /work/liba.so", {.working_directory = "/work"});
  check_same(root, "libb.so => /work/deps/libb.so",
             {.environment = {{"LD_LIBRARY_PATH", ":deps"}}, .working_directory = "/work"});
}

TEST_CASE("$LIB is the directory that glibc was built for, $PLATFORM the processor's name (s16)") {
  IMGSLIM_REAL_ROOT(root, glibc_loader);
  root.program(needs({"liba.so", "libb.so", "libc1.so"}, "", "/opt/$LIB:/opt/${PLATFORM}:/opt/lib"));
  root.library("/opt/lib/x86_64-linux-gnu/liba.so").library("/opt/x86_64/libb.so").library("/opt/haswell/libb.so");
  root.library("/opt/lib/liba.so").library("/opt/lib/libb.so").library("/opt/lib/libc1.so");
  check_same(root, "liba.so => /opt/lib/x86_64-linux-gnu/liba.so");
}

TEST_CASE("DT_AUXILIARY and DT_FILTER are mapped, an auxiliary one may be missing (s17)") {
  IMGSLIM_REAL_ROOT(root, glibc_loader);
  auto filter = needs({"libn.so"}, "", "/a");
  filter.filter = {"libf.so"};
  filter.auxiliary = {"libx.so", "libgone.so"};
  root.program(needs({"liba.so", "libz.so"}, "", "/a")).library("/a/liba.so", filter).library("/a/libn.so");
  root.library("/a/libf.so", needs({"libdeep.so"}, "", "/f")).library("/f/libdeep.so").library("/a/libx.so");
  root.library("/a/libz.so", needs({"libdeep.so"}, "", "/z")).library("/z/libdeep.so");
  check_same(root, "libx.so => /a/libx.so");
}

TEST_CASE("a chain of forty libraries is followed to its end (s18)") {
  IMGSLIM_REAL_ROOT(root, glibc_loader);
  root.program(needs({"lib1.so"}, "/a"));
  for (int i = 1; i <= 40; ++i)
    root.library("/a/lib" + std::to_string(i) + ".so",
                 i < 40 ? needs({"lib" + std::to_string(i + 1) + ".so"}) : ElfSpec{});
  check_same(root, "lib40.so => /a/lib40.so");
}

TEST_CASE("$ORIGINX is no token, a token in braces is one, and an unknown one stays (s19)") {
  IMGSLIM_REAL_ROOT(root, glibc_loader);
  root.program(needs({"liba.so", "libb.so", "libc1.so"}, "", "/$ORIGINX:${ORIGIN}/b:/$OTHER:/${ORIGIN"));
  root.library("/$ORIGINX/liba.so").library("/bin/b/libb.so").library("/$OTHER/libc1.so");
  check_same(root, "liba.so => /$ORIGINX/liba.so");
}

TEST_CASE("a file for another machine or class is passed over (s20)") {
  IMGSLIM_REAL_ROOT(root, glibc_loader);
  ElfSpec other;
  other.machine = 183;
  ElfSpec narrow;
  narrow.class_bits = 32;
  narrow.machine = 3;
  ElfSpec big;
  big.order = ByteOrder::big;
  big.machine = 22;
  root.library("/d/liba.so", big)
      .program(needs({"liba.so"}, "", "/a:/b:/d:/c"))
      .library("/a/liba.so", other)
      .library("/b/liba.so", narrow);
  root.library("/c/liba.so");
  check_same(root, "liba.so => /c/liba.so");
}

TEST_CASE("a first hit that is no usable ELF file ends the search (s21)") {
  const auto refused = [](const std::string& content) {
    IMGSLIM_REAL_ROOT(root, glibc_loader);
    root.program(needs({"libn.so"}, "", "/a:/b")).text("/a/libn.so", content).library("/b/libn.so");
    check_same(root, "refused libn.so");
  };
  refused("INPUT(libn.so.1)\n");
  refused("");
  ElfSpec spec;
  spec.os_abi = 9;
  refused(test::build_elf(spec));
  auto other_order = test::build_elf({});
  other_order[5] = 2;  // EI_DATA alone: the machine still reads as the loader's
  refused(other_order);
  spec = {};
  spec.type = 1;
  refused(test::build_elf(spec));
  spec = {};
  spec.flags_1 = 0x08000000;  // DF_1_PIE
  refused(test::build_elf(spec));
  spec = {};
  spec.type = 2;
  refused(test::build_elf(spec));
}

TEST_CASE("a directory of the library's name ends the search, a loop of links ends one list") {
  IMGSLIM_REAL_ROOT(root, glibc_loader);
  root.program(needs({"libn.so"}, "", "/a:/b")).library("/b/libn.so");
  std::filesystem::create_directories(root.path("/a/libn.so"));
  check_same(root, "refused libn.so");
  IMGSLIM_REAL_ROOT(looping, glibc_loader);
  looping.program(needs({"libn.so"}, "", "/a:/b")).library("/b/libn.so").link("/a/libn.so", "libn.so");
  looping.library("/usr/lib/libn.so");
  check_same(looping, "libn.so => /usr/lib/libn.so");
}

TEST_CASE("LD_PRELOAD and /etc/ld.so.preload are mapped before all else, by name or path (s22)") {
  IMGSLIM_REAL_ROOT(root, glibc_loader);
  root.program(needs({"liba.so"}, "/a")).library("/a/liba.so").library("/a/libp.so", needs({"liba.so"}, "", "/other"));
  root.library("/x/libq.so", named("libgone.so")).library("/other/liba.so").library("/usr/lib/libfile.so");
  root.text("/etc/ld.so.preload", "# comment libp.so\nlibfile.so:/x/nothing.so # more\n");
  check_same(root, "libp.so => /a/libp.so", {.environment = {{"LD_PRELOAD", "libp.so:/x/libq.so libnone.so"}}});
}

TEST_CASE("the cache is asked before the system directories, and a stale entry hides other places") {
  IMGSLIM_REAL_ROOT(root, glibc_loader);
  root.library("/opt/lib/liba.so", named("liba.so")).library("/usr/lib/liba.so", named("liba.so"));
  root.library("/opt/lib/libb.so", named("libb.so")).library("/opt/more/libb.so", named("libb.so"));
  root.library("/opt/lib/libd.so", named("libd.so"));
  for (const auto* level : {"x86-64-v2", "x86-64-v3", "x86-64-v4"})
    root.library(std::string("/opt/lib/glibc-hwcaps/") + level + "/libh.so", named("libh.so"));
  root.library("/opt/lib/libh.so", named("libh.so"));
  root.program(needs({"liba.so", "libb.so", "libh.so", "libd.so"}));
  root.text("/etc/ld.so.conf", "include ld.so.conf.d/*.conf\n").text("/etc/ld.so.conf.d/a.conf", "/opt/lib\n/opt/more");
  SECTION("in the new format") { root.run_ldconfig("-c new"); }
  SECTION("in the combined format") { root.run_ldconfig("-c compat"); }
  std::filesystem::remove(root.path("/opt/lib/libb.so"));
  check_same(root, "liba.so => /opt/lib/liba.so");
  CHECK(root.truth().contains("libb.so => not found"));
}

TEST_CASE("a cache in the old format is read where the loader does so") {
  IMGSLIM_REAL_ROOT(root, glibc_loader);
  root.library("/opt/lib/liba.so", named("liba.so")).program(needs({"liba.so"}));
  root.text("/etc/ld.so.conf", "/opt/lib\n").run_ldconfig("-c old");
  CHECK(root.prediction() == root.truth());
}

TEST_CASE("a set-user-ID program of another user takes neither LD_LIBRARY_PATH nor paths of LD_PRELOAD") {
  IMGSLIM_REAL_ROOT(root, glibc_loader);
  if (geteuid() != 0) IMGSLIM_SKIP("only root can make such a program");
  const auto source = root.path("/tmp/program.c");
  std::ofstream(source) << "#include <unistd.h>\nint main(void) { write(1, \"x\", 1); pause(); }\n";
  const auto lib = root.path("/usr/lib/x86_64-linux-gnu").string();
  std::filesystem::create_directories(lib);
  std::filesystem::copy_file("/lib/x86_64-linux-gnu/libc.so.6", lib + "/libc.so.6");
  root.library("/env/libc.so.6")
      .library("/env/liba.so", named("liba.so"))
      .library("/opt/trusted/liba.so", named("liba.so"));
  root.library("/usr/lib/libp.so")
      .library("/usr/lib/libs.so")
      .library("/env/libq.so")
      .library("/bin/libo.so", named("libo.so"));
  root.library("/opt/trusted/libo.so", named("libo.so"));
  const auto stand_in = [&](const std::string& name) {
    const auto file = root.path("/tmp/" + name).string();
    REQUIRE(real_tools::output_of("gcc -shared -nostdlib -x c /dev/null -Wl,-soname," + name + " -o '" + file + "'"));
    return " '" + file + "'";
  };
  REQUIRE(real_tools::output_of("gcc -o '" + root.path("/bin/program").string() + "' '" + source.string() +
                                "' -Wl,--no-as-needed" + stand_in("liba.so") + stand_in("libo.so") +
                                " -Wl,-rpath,'$ORIGIN:/opt/trusted'"));
  std::filesystem::permissions(root.path("/bin/program"), std::filesystem::perms(04755));
  std::filesystem::permissions(root.path("/usr/lib/libs.so"), std::filesystem::perms(04755));
  test::Start start{.environment = {{"LD_LIBRARY_PATH", "/env"}, {"LD_PRELOAD", "libp.so:libs.so:/env/libq.so"}}};
  start.user = 65534;
  check_same(root, "/opt/trusted/liba.so", start);
}

TEST_CASE("without a cache, ld.so.conf is not read at all") {
  IMGSLIM_REAL_ROOT(root, glibc_loader);
  root.library("/opt/lib/liba.so").program(needs({"liba.so"})).text("/etc/ld.so.conf", "/opt/lib\n");
  check_same(root, "liba.so => not found");
}

TEST_CASE("one file under two names is mapped once") {
  IMGSLIM_REAL_ROOT(root, glibc_loader);
  root.program(needs({"liba.so", "libalias.so"}, "", "/a")).library("/a/liba.so").link("/a/libalias.so", "liba.so");
  check_same(root, "liba.so => /a/liba.so");
}
