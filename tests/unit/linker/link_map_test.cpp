#include "linker/link_map.h"

#include "support/elf_builder.h"
#include "support/layer_fixture.h"

using namespace imgslim;
using linker::LinkMap;
using test::ElfSpec;

namespace {

ElfSpec needs(std::vector<std::string> names, std::string runpath = {}) {
  ElfSpec spec;
  spec.needed = std::move(names);
  if (!runpath.empty()) spec.runpath = {std::move(runpath)};
  return spec;
}

/// A layer with a loader and a program.
struct Image {
  test::LayerFixture layer;
  std::string interpreter;
  explicit Image(std::string loader = "/lib64/ld-linux-x86-64.so.2") : interpreter(std::move(loader)) {
    layer.file(interpreter.substr(1), test::build_elf({}), 0755);
  }
  Image& library(const std::string& path, const ElfSpec& spec = {}) {
    layer.file(path, test::build_elf(spec));
    return *this;
  }
  Image& program(ElfSpec spec, std::uint32_t mode = 0755) {
    spec.interpreter = interpreter;
    layer.file("bin/program", test::build_elf(spec), mode);
    return *this;
  }
};

struct Linked {
  tree::MergedTree tree;
  rootfs::FileSystem files;
  LinkMap map;
  explicit Linked(Image& image, const linker::Environment& environment = {})
      : tree(tree::merge({image.layer.done()})), files(tree), map(files, *files.find("/bin/program"), environment) {}
  const linker::Object* object(std::string_view path) const {
    for (const auto& each : map.objects())
      if (each.file.path == path) return &each;
    return nullptr;
  }
};

}  // namespace

TEST_CASE("each object says who asked for it and which rule found it, each missing one where it was looked for") {
  Image image;
  image.program(needs({"liba.so"}, "$ORIGIN/../opt")).library("opt/liba.so", needs({"libgone.so", "libsys.so"}));
  image.library("usr/lib64/libsys.so");
  const Linked linked(image);
  CHECK(linked.map.kind() == linker::Kind::glibc);
  REQUIRE(linked.map.objects().size() == 4);
  CHECK(linked.map.objects()[1].via == linker::Via::interpreter);
  const auto* liba = linked.object("/opt/liba.so");
  REQUIRE(liba);
  CHECK(liba->how == "RUNPATH $ORIGIN/../opt");
  CHECK(liba->search_path == "/bin/../opt/liba.so");
  CHECK(liba->loader == 0);
  REQUIRE(linked.object("/usr/lib64/libsys.so"));
  CHECK(linked.object("/usr/lib64/libsys.so")->how == "/usr/lib64");
  REQUIRE(linked.map.missing().size() == 1);
  CHECK(linked.map.missing()[0].name == "libgone.so");
  CHECK(linked.map.missing()[0].loader == 2);
  CHECK(linked.map.missing()[0].tried == std::vector<std::string>{"/lib64/libgone.so", "/usr/lib64/libgone.so"});
}

TEST_CASE("dlopen searches as its caller, maps the closure, and tells what was there already") {
  Image image;
  image.program(needs({"libhost.so"}, "/host")).library("host/libhost.so", needs({}, "/plugins"));
  image.library("plugins/libp.so", needs({"libq.so", "libgone.so"}, "/q")).library("q/libq.so");
  Linked linked(image);
  CHECK_FALSE(linked.map.open("libp.so", 0));
  const auto opened = linked.map.open("libp.so", 2);
  REQUIRE(opened);
  CHECK(linked.map.objects()[*opened].via == linker::Via::opened);
  CHECK(linked.object("/q/libq.so") != nullptr);
  REQUIRE(linked.map.missing().size() == 1);
  CHECK(linked.map.missing()[0].name == "libgone.so");
  const auto before = linked.map.objects().size();
  CHECK(linked.map.open("/plugins/libp.so", 0) == opened);
  CHECK(linked.map.open("libhost.so", 0) == linker::ObjectIndex{2});
  CHECK(linked.map.objects().size() == before);
  CHECK_FALSE(linked.map.open("libp.so", linker::no_object));
}

TEST_CASE("LD_AUDIT and DT_AUDIT are mapped after the rest, and may be missing") {
  Image image;
  auto program = needs({"liba.so"}, "/a");
  program.audit = {"libdt.so"};
  image.program(program).library("a/liba.so").library("a/libdt.so").library("x/libenv.so");
  const Linked linked(image, {.audit = "/x/libenv.so:/x/none.so"});
  REQUIRE(linked.object("/x/libenv.so"));
  CHECK(linked.object("/x/libenv.so")->via == linker::Via::audit);
  CHECK(linked.object("/a/libdt.so") != nullptr);
  REQUIRE(linked.map.missing().size() == 1);
  CHECK(linked.map.missing()[0].optional);
}

TEST_CASE("a program without its interpreter maps nothing, a static one has no linker") {
  test::LayerFixture layer;
  auto program = needs({"liba.so"});
  program.interpreter = "/lib64/ld-linux-x86-64.so.2";
  layer.file("bin/program", test::build_elf(program))
      .file("bin/static", test::build_elf({}))
      .file("lib64/liba.so", test::build_elf({}));
  const auto tree = tree::merge({layer.done()});
  const rootfs::FileSystem files(tree);
  LinkMap broken(files, *files.find("/bin/program"), {});
  CHECK(broken.kind() == linker::Kind::glibc);
  CHECK(broken.objects().size() == 1);
  REQUIRE(broken.missing().size() == 1);
  CHECK(broken.missing()[0].via == linker::Via::interpreter);
  CHECK_FALSE(broken.open("liba.so", 0));
  CHECK(LinkMap(files, *files.find("/bin/static"), {}).kind() == linker::Kind::none);
}

TEST_CASE("relative and empty elements are told, once") {
  Image image;
  image.program(needs({"liba.so", "libb.so"}, "lib::/a")).library("a/liba.so").library("a/libb.so");
  const Linked linked(image, {.library_path = "/x:"});
  REQUIRE(linked.map.weaknesses().size() == 3);
  CHECK(linked.map.weaknesses()[0].text == "LD_LIBRARY_PATH has an empty element");
  CHECK(linked.map.weaknesses()[1].text == "RUNPATH has the relative element lib");
}

TEST_CASE("a library that the user may not read is passed over") {
  Image image;
  image.program(needs({"liba.so"}, "/a:/b")).library("b/liba.so");
  image.layer.file("a/liba.so", test::build_elf({}), 0700);
  const Linked linked(image, {.uid = 1000, .gid = 1000});
  CHECK(linked.object("/b/liba.so") != nullptr);
}

TEST_CASE("what a processor may decide is marked: glibc-hwcaps by level, $PLATFORM in all its values") {
  Image image;
  image.program(needs({"liba.so", "libb.so"}, "/a:/$PLATFORM"))
      .library("a/liba.so")
      .library("a/glibc-hwcaps/x86-64-v3/liba.so");
  image.library("haswell/libb.so").library("x86_64/libb.so");
  const auto tree = tree::merge({image.layer.done()});
  const rootfs::FileSystem files(tree);
  const auto program = *files.find("/bin/program");
  const LinkMap fast(files, program, {});
  CHECK(fast.objects()[2].file.path == "/a/glibc-hwcaps/x86-64-v3/liba.so");
  CHECK(fast.objects()[2].assumed);
  CHECK(fast.objects()[3].file.path == "/haswell/libb.so");
  CHECK(fast.objects()[3].assumed);
  const LinkMap slow(files, program, {.cpu = linker::CpuLevel::x86_64_v2});
  CHECK(slow.objects()[2].file.path == "/a/liba.so");
  CHECK_FALSE(slow.objects()[2].assumed);
  CHECK(slow.objects()[3].file.path == "/x86_64/libb.so");
}

TEST_CASE("an image where names and directories multiply ends within the bound") {
  Image image;
  std::string runpath;
  for (int i = 0; i < 900; ++i) runpath += "/d" + std::to_string(i) + ":";
  std::vector<std::string> names;
  for (int i = 0; i < 4000; ++i) names.push_back("lib" + std::to_string(i) + ".so");
  image.program(needs(names, runpath));
  for (int i = 0; i < 900; ++i) image.layer.directory("d" + std::to_string(i));
  const Linked linked(image);
  CHECK(linked.map.objects().size() == 2);
  CHECK(linked.map.missing().size() == 1000);
}
