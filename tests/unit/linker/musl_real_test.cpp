// Every rule of musl's search, on crafted files, held against the machine's own musl.
#include "unit/linker/real_root.h"

using namespace imgslim;
using test::check_same;
using test::ElfSpec;
using test::needs;

TEST_CASE("LD_LIBRARY_PATH comes first, before DT_RPATH") {
  IMGSLIM_REAL_ROOT(root, musl_loader);
  root.program(needs({"liba.so"}, "/r")).library("/r/liba.so").library("/env/liba.so");
  check_same(root, "liba.so => /env/liba.so", {.environment = {{"LD_LIBRARY_PATH", "/none::/env"}}});
}

TEST_CASE("DT_RUNPATH is inherited like DT_RPATH, and wins over it") {
  IMGSLIM_REAL_ROOT(root, musl_loader);
  root.program(needs({"liba.so"}, "/gone", "/a:/b")).library("/a/liba.so", needs({"libb.so"}, "", "/nothing"));
  root.library("/b/libb.so", needs({"libd.so"})).library("/gone/libd.so").library("/a/libd.so");
  check_same(root, "libb.so => /b/libb.so");
}

TEST_CASE("without a path file the built-in directories are searched, in their order") {
  IMGSLIM_REAL_ROOT(root, musl_loader);
  root.program(needs({"liba.so", "libb.so", "libd.so"})).library("/usr/local/lib/liba.so").library("/usr/lib/liba.so");
  root.library("/lib/libb.so").library("/usr/local/lib/libb.so").library("/usr/lib/libd.so");
  check_same(root, "liba.so => /usr/local/lib/liba.so");
}

TEST_CASE("the path file replaces the built-in directories, and an empty one leaves none") {
  IMGSLIM_REAL_ROOT(root, musl_loader);
  root.program(needs({"liba.so"})).library("/opt/x/liba.so").library("/lib/liba.so");
  root.text("/etc/ld-musl-x86_64.path", "/opt/none\n/opt/y:/opt/x\n");
  check_same(root, "liba.so => /opt/x/liba.so");
  root.text("/etc/ld-musl-x86_64.path", "");
  check_same(root, "liba.so => not found");
}

TEST_CASE("names of the C library are the linker itself") {
  IMGSLIM_REAL_ROOT(root, musl_loader);
  root.program(needs({"libc.so.6", "libm.so.6", "libpthread.so.0", "libc.musl-x86_64.so.1", "libmore.so"}));
  root.library("/lib/libm.so.6").library("/lib/libmore.so", needs({"libdl.so.2"})).library("/lib/libdl.so.2");
  check_same(root, "libmore.so => /lib/libmore.so");
}

TEST_CASE("DT_SONAME is never consulted") {
  IMGSLIM_REAL_ROOT(root, musl_loader);
  ElfSpec odd;
  odd.soname = "libx.so.1";
  root.program(needs({"odd.so", "libx.so.1"})).library("/lib/odd.so", odd);
  check_same(root, "libx.so.1 => not found");
}

TEST_CASE("only $ORIGIN is known: another token voids the whole list, $ORIGINX does not") {
  IMGSLIM_REAL_ROOT(root, musl_loader);
  root.program(needs({"liba.so", "libb.so"}, "", "$ORIGIN/../l:${ORIGIN}X"))
      .library("/l/liba.so", needs({"libd.so"}, "", "/d:$LIB"));
  root.library("/binX/libb.so").library("/d/libd.so");
  check_same(root, "libd.so => not found");
  CHECK(root.truth().contains("libb.so => /binX/libb.so"));
}

TEST_CASE("the first file that opens is taken, whatever its machine, and no ELF file ends it") {
  IMGSLIM_REAL_ROOT(root, musl_loader);
  ElfSpec other;
  other.machine = 183;
  root.program(needs({"liba.so"}, "/a:/b")).library("/a/liba.so", other).library("/b/liba.so");
  check_same(root, "liba.so => /a/liba.so");
  IMGSLIM_REAL_ROOT(broken, musl_loader);
  broken.program(needs({"liba.so"}, "/a:/b")).text("/a/liba.so", "INPUT(libx.so)").library("/b/liba.so");
  CHECK(broken.prediction() == broken.truth());
}

TEST_CASE("breadth first, one file once, paths from the working directory, preloads first") {
  IMGSLIM_REAL_ROOT(root, musl_loader);
  root.program(needs({"liba.so", "libb.so", "sub/libp.so"}, "/a")).library("/a/liba.so", needs({"libd.so"}, "/deep"));
  root.library("/deep/libd.so", needs({"libx.so"}, "/deep")).library("/deep/libx.so");
  root.library("/a/libb.so", needs({"libx.so", "libalias.so"}, "/near")).library("/near/libx.so");
  root.link("/near/libalias.so", "../a/liba.so")
      .library("/work/sub/libp.so")
      .library("/lib/libq.so", needs({"libz.so"}));
  root.library("/a/libz.so").library("/lib/libz.so");
  check_same(root, "libx.so => /near/libx.so",
             {.environment = {{"LD_PRELOAD", "libq.so /a/none.so"}}, .working_directory = "/work"});
}

TEST_CASE("a library that defines another C library is replaced by musl") {
  IMGSLIM_REAL_ROOT(root, musl_loader);
  ElfSpec libc;
  libc.exports = {"__libc_start_main", "stdin"};
  root.program(needs({"libother.so", "liba.so"})).library("/lib/libother.so", libc).library("/lib/liba.so");
  check_same(root, "liba.so => /lib/liba.so");
}
