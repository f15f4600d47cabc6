// What languages leave in an image: one image that a rule must find, and one that it must leave alone.
#include "image_rules/loading_checks.h"
#include "support/elf_builder.h"
#include "support/image_facts_fixture.h"
#include "support/real_tools.h"

using namespace imgslim;
using test::ImageFactsFixture;
using test::LayerFixture;

namespace {

constexpr std::size_t size = 200'000;

/// An image of a base and one RUN layer.
ImageFactsFixture& image_of(ImageFactsFixture& image, LayerFixture& layer) {
  LayerFixture base;
  base.file("etc/hostname", "x");
  return image.layer("ADD rootfs.tar /", base).layer("RUN build", layer).base(1);
}

ReportFinding only(ImageFactsFixture& image, const char* rule) {
  const auto found = image.findings(rule);
  CAPTURE(rule);
  REQUIRE(found.size() == 1);
  return found[0];
}

/// A program of this machine's compiler with symbols and debug information.
std::optional<std::string> compiled(const std::string& source, const std::string& flags,
                                    const std::string& name = "a") {
  const real_tools::ScratchDirectory scratch;
  const auto root = scratch.path().string();
  std::ofstream(root + "/a.c") << source;
  if (!real_tools::output_of("cc -o " + root + "/" + name + " " + root + "/a.c " + flags + " 2>/dev/null"))
    return std::nullopt;
  return real_tools::file_text(root + "/" + name);
}

/// The blob of the Go linker, where a program's file ends.
std::string with_go_settings(std::string program, const std::string& settings) {
  program.resize((program.size() + 15) / 16 * 16, '\0');
  const std::string version = "go1.22.1";
  const auto modules = std::string(16, 's') + "path\texample.com/a\n" + settings + std::string(16, 'e');
  const auto varint = [](std::size_t value) { return std::string(1, static_cast<char>(value)); };
  return program + std::string("\xff Go buildinf:", 14) + "\x08\x02" + std::string(16, '\0') + varint(version.size()) +
         version + varint(modules.size()) + modules;
}

}  // namespace

TEST_CASE("SL4002 has bytecode of other versions and optimized doubles, not what the interpreter reads") {
  ImageFactsFixture image;
  LayerFixture layer;
  const std::string bytecode = "\xa7\x0d\x0d\x0a" + std::string(size, '\0');
  layer.file("usr/lib/python3.11/os.py", "import sys\n");
  layer.file("app/__pycache__/a.cpython-311.pyc", bytecode).file("app/__pycache__/a.cpython-311.opt-1.pyc", bytecode);
  layer.file("app/__pycache__/a.cpython-39.pyc", bytecode);
  const auto finding = only(image_of(image, layer), "SL4002");
  CHECK(finding.saving->bytes == 2 * bytecode.size());

  ImageFactsFixture plain;
  LayerFixture modules;
  modules.file("usr/lib/python3.11/os.py", "import sys\n").file("app/__pycache__/a.cpython-311.pyc", bytecode);
  CHECK(image_of(plain, modules).findings("SL4002").empty());
}

TEST_CASE("SL4004 has the package managers that the program does not use, while that is known") {
  const auto with_command = [](bool known) {
    ImageFactsFixture image;
    LayerFixture layer;
    layer.file("usr/lib/python3.11/site-packages/pip/a.py", std::string(size, '#'))
        .file("bin/app", test::build_elf({}), 0755);
    if (known) image.info.config.entrypoint = {"/bin/app"};
    image.info.platform = {"linux", "amd64", ""};
    return image_of(image, layer).findings("SL4004");
  };
  REQUIRE(with_command(true).size() == 1);
  CHECK(with_command(true)[0].saving->bytes == size);
  CHECK(with_command(false).empty());
}

TEST_CASE("SL4005 has an environment whose interpreter is elsewhere, not one that is whole") {
  ImageFactsFixture broken, whole;
  LayerFixture moved, good;
  moved.file("venv/pyvenv.cfg", "home = /usr/local/bin\n").symlink("venv/bin/python", "/usr/local/bin/python3.11");
  good.file("venv/pyvenv.cfg", "home = /usr/bin\n").symlink("venv/bin/python", "/usr/bin/python3.11");
  good.file("usr/bin/python3.11", test::build_elf({}), 0755);
  const auto finding = only(image_of(broken, moved), "SL4005");
  CHECK(finding.severity == "error");
  CHECK(finding.location.path == "venv/pyvenv.cfg");
  CHECK(image_of(whole, good).findings("SL4005").empty());
}

TEST_CASE("SL4007 has CUDA wheels without a GPU, or twice, not those of an image for GPUs") {
  const auto found = [](bool gpu, bool installed) {
    ImageFactsFixture image;
    LayerFixture layer;
    const std::string root = "usr/lib/python3/site-packages/";
    layer.file(root + "nvidia_cublas_cu12-12.1.dist-info/METADATA", "Name: nvidia-cublas-cu12\nVersion: 12.1\n");
    layer.file(root + "nvidia_cublas_cu12-12.1.dist-info/RECORD", "nvidia/libcublas.so,,\n");
    layer.file(root + "nvidia/libcublas.so", std::string(size, 'c'));
    if (installed) layer.file("usr/local/cuda/lib64/libcublas.so.12", std::string(size, 'd'));
    if (gpu) image.info.config.env = {"NVIDIA_VISIBLE_DEVICES=all"};
    return image_of(image, layer).findings("SL4007");
  };
  CHECK(found(false, false).size() == 1);
  CHECK(found(true, true).size() == 1);
  CHECK(found(true, false).empty());
}

TEST_CASE("SL4001 leaves what is linked from a cache to where it is used, and has what two names in the cache share") {
  ImageFactsFixture image;
  LayerFixture layer;
  layer.file("root/.cache/uv/archive-v0/x/click/core.py", std::string(size, 'c'));
  layer.hardlink("srv/app/lib/click/core.py", "root/.cache/uv/archive-v0/x/click/core.py");
  layer.file("root/.cache/uv/sdists-v9/y.tar.gz", std::string(size, 's'));
  layer.hardlink("root/.cache/uv/wheels-v5/y.tar.gz", "root/.cache/uv/sdists-v9/y.tar.gz");
  const auto finding = only(image_of(image, layer), "SL4001");
  CHECK(finding.saving->bytes == size);
}

TEST_CASE("SL4010 and SL4050 have what a lock marks as development, production packages inside it left out") {
  ImageFactsFixture image;
  LayerFixture layer;
  layer.file("app/node_modules/.package-lock.json", R"({"packages":{"node_modules/jest":{"version":"29","dev":true},
    "node_modules/jest/node_modules/shared":{"version":"1"},"node_modules/express":{"version":"4"}}})");
  layer.file("app/node_modules/jest/index.js", std::string(size, 'j'));
  layer.file("app/node_modules/jest/node_modules/shared/index.js", std::string(size, 's'));
  layer.file("app/node_modules/express/index.js", std::string(size, 'e'));
  layer.file("srv/vendor/composer/installed.json", R"({"packages":[{"name":"phpunit/phpunit","version":"10",
    "install-path":"../phpunit/phpunit"},{"name":"psr/log","version":"3","install-path":"../psr/log"}],
    "dev-package-names":["phpunit/phpunit"]})");
  layer.file("srv/vendor/phpunit/phpunit/a.php", std::string(size, 'p'))
      .file("srv/vendor/psr/log/a.php", std::string(size, 'l'));
  const auto npm = only(image_of(image, layer), "SL4010");
  CHECK(npm.saving->bytes == size);
  CHECK(npm.evidence.at(0).path == "app/node_modules/jest");
  const auto composer = only(image, "SL4050");
  CHECK(composer.saving->bytes == size);
  CHECK(composer.evidence.at(0).path == "srv/vendor/phpunit/phpunit");
}

TEST_CASE("SL4010 has what npm's cache keeps of development packages, and not what production shares") {
  const auto cached = [](const std::string& first, const std::string& rest) {
    return "root/.npm/_cacache/content-v2/sha512/" + first + "/" + first + "/" + rest;
  };
  const std::string zeros = std::string(86, 'A') + "==", ones = std::string(85, '/') + "w==";
  const std::string lock = R"({"packages":{"node_modules/jest":{"dev":true,"integrity":"sha512-)" + ones +
                           R"("},"node_modules/alias":{"dev":true,"integrity":"sha512-)" + zeros +
                           R"("},"node_modules/real":{"integrity":"sha512-)" + zeros + R"("}}})";
  ImageFactsFixture image;
  LayerFixture layer;
  layer.file("app/node_modules/.package-lock.json", lock).file("app/node_modules/jest/a.js", std::string(size, 'j'));
  layer.file(cached("ff", std::string(124, 'f')), std::string(3 * size, 'x'));
  layer.file(cached("00", std::string(124, '0')), std::string(size, 'y'));
  layer.file(cached("ab", std::string(124, 'c')), std::string(size, 'z'));
  const auto found = only(image_of(image, layer), "SL4010");
  CHECK(found.saving->bytes == 4 * size);
  CHECK(found.evidence.at(0).path == "root/.npm/_cacache");
}

TEST_CASE("SL4010 and SL4050 are silent where the lock has production packages alone") {
  ImageFactsFixture image;
  LayerFixture layer;
  layer.file("app/node_modules/.package-lock.json", R"({"packages":{"node_modules/express":{"version":"4"}}})");
  layer.file("app/node_modules/express/index.js", std::string(size, 'e'));
  layer.file("srv/vendor/composer/installed.json", R"({"packages":[{"name":"psr/log","install-path":"../psr/log"}]})");
  layer.file("srv/vendor/psr/log/a.php", std::string(size, 'l'));
  CHECK(image_of(image, layer).findings("SL4010").empty());
  CHECK(image.findings("SL4050").empty());
}

TEST_CASE("SL4013 has the smaller versions of a package, and says nothing of one version twice") {
  const auto found = [](const std::string& second_version) {
    ImageFactsFixture image;
    LayerFixture layer;
    layer.file("app/node_modules/a/package.json", R"({"name":"a","version":"2.0.0"})");
    layer.file("app/node_modules/a/index.js", std::string(2 * size, 'a'));
    layer.file("app/node_modules/b/package.json", R"({"name":"b","version":"1.0.0"})");
    layer.file("app/node_modules/b/node_modules/a/package.json", R"({"name":"a","version":")" + second_version + "\"}");
    layer.file("app/node_modules/b/node_modules/a/index.js", std::string(size, 'o'));
    return image_of(image, layer).findings("SL4013");
  };
  REQUIRE(found("1.0.0").size() == 1);
  CHECK(found("1.0.0")[0].saving->basis == "estimated");
  CHECK(found("1.0.0")[0].saving->bytes >= size);
  CHECK(found("1.0.0")[0].saving->bytes < size + 100);
  CHECK(found("2.0.0").empty());
}

TEST_CASE("SL4020 and SL4021 have Go programs by their build settings, SL4023 the others") {
  // Debug information of more than the rules' least size: -g3 keeps every macro.
  std::string macros;
  for (int i = 0; i < 12'000; ++i)
    macros += "#define MACRO_" + std::to_string(i) + " \"" + std::string(120, 'm') + "\"\n";
  const auto program = compiled(macros + "int main(void) { return 0; }\n", "-g3");
  const auto stripped = compiled("int main(void) { return 0; }", "-s");
  if (!program || !stripped) IMGSLIM_SKIP("no C compiler here");
  ImageFactsFixture image;
  LayerFixture layer;
  std::string many = *program;
  layer.file("bin/go-fat", with_go_settings(many, "build\t-compiler=gc\n"), 0755);
  layer.file("bin/go-slim", with_go_settings(*stripped, "build\t-compiler=gc\nbuild\t-trimpath=true\n"), 0755);
  layer.file("bin/c-fat", many, 0755).file("bin/c-slim", *stripped, 0755);
  layer.file("usr/bin/debian-go", with_go_settings(many, "build\t-compiler=gc\n"), 0755);
  layer.file("var/lib/dpkg/status", "Package: go\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\n");
  layer.file("var/lib/dpkg/info/go.list", "/usr/bin/debian-go\n");
  image_of(image, layer);
  CHECK(only(image, "SL4021").location.path == "bin/go-fat");
  for (const auto& [rule, file] : {std::pair{"SL4020", "bin/go-fat"}, std::pair{"SL4023", "bin/c-fat"}}) {
    const auto finding = only(image, rule);
    CHECK(finding.location.path == file);
    CHECK(finding.saving->bytes > macros.size() / 2);
    CHECK(finding.saving->bytes < many.size());
  }
}

TEST_CASE("SL4051 has gems for tests, SL4022 the gems' archives, and neither the program's own") {
  ImageFactsFixture image;
  LayerFixture layer;
  const std::string root = "usr/local/bundle/";
  for (const std::string name : {"rspec-core", "rack"}) {
    layer.file(root + "specifications/" + name + "-1.0.gemspec",
               "Gem::Specification.new do |s|\n  s.name = \"" + name + "\"\n  s.version = \"1.0\"\nend\n");
    layer.file(root + "gems/" + name + "-1.0/lib/a.rb", std::string(size, 'r'));
    layer.file(root + "cache/" + name + "-1.0.gem", std::string(size, 'g'));
  }
  const auto gems = only(image_of(image, layer), "SL4051");
  CHECK(gems.evidence.at(0).path == "rspec-core");
  CHECK(gems.evidence.size() == 1);
  CHECK(only(image, "SL4022").saving->bytes == 2 * size);
}

TEST_CASE("SL4051 follows the groups of a Gemfile where there is one, whatever the gems are called") {
  ImageFactsFixture image;
  LayerFixture layer;
  const std::string root = "usr/local/bundle/";
  for (const std::string name : {"shop-kit", "rspec-core"}) {
    layer.file(root + "specifications/" + name + "-1.0.gemspec",
               "Gem::Specification.new do |s|\n  s.name = \"" + name + "\"\n  s.version = \"1.0\"\nend\n");
    layer.file(root + "gems/" + name + "-1.0/lib/a.rb", std::string(size, 'r'));
  }
  layer.file("srv/app/Gemfile", "gem 'rspec-core'\ngroup :test do\n  gem 'shop-kit'\nend\n");
  layer.file("srv/app/Gemfile.lock",
             "GEM\n  specs:\n    rspec-core (1.0)\n    shop-kit (1.0)\n\nDEPENDENCIES\n  rspec-core\n  shop-kit\n");
  const auto gems = only(image_of(image, layer), "SL4051");
  CHECK(gems.evidence.at(0).path == "shop-kit");
  CHECK(gems.evidence.size() == 1);
}

TEST_CASE("SL6002 has a library that nothing takes a symbol of, and not the one that is used") {
  ImageFactsFixture image;
  LayerFixture layer;
  test::ElfSpec program{.machine = 62};
  program.interpreter = "/lib64/ld-linux-x86-64.so.2";
  program.needed = {"libused.so", "libidle.so"};
  program.imports = {"used"};
  layer.file("bin/app", test::build_elf(program), 0755);
  layer.file("lib64/ld-linux-x86-64.so.2", test::build_elf({.machine = 62, .exports = {"linker"}}), 0755);
  layer.file("lib64/libused.so", test::build_elf({.machine = 62, .soname = "libused.so", .exports = {"used"}}), 0755);
  layer.file("lib64/libidle.so", test::build_elf({.machine = 62, .soname = "libidle.so", .exports = {"idle"}}), 0755);
  image.info.config.entrypoint = {"/bin/app"};
  image.info.platform = {"linux", "amd64", ""};
  image_of(image, layer);
  // The built-in rule's least size is above what these files cost in memory.
  CHECK(image.findings("SL6002").empty());
  rules::Rule any_size;
  any_size.image.emplace();
  const auto found = image_rules::check_unused_libraries({image.facts(), any_size});
  REQUIRE(found.size() == 1);
  CHECK(found[0].path == "bin/app");
  REQUIRE(found[0].evidence.size() == 1);
  CHECK(found[0].evidence[0].path == "lib64/libidle.so");
}

TEST_CASE("SL6003 has a packed program, and no other") {
  ImageFactsFixture packed, plain;
  LayerFixture layer, other;
  auto file = test::build_elf({.machine = 62});
  other.file("bin/app", file, 0755);
  file.replace(file.find(std::string(8, '\0'), 300), 4, "UPX!");
  layer.file("bin/app", file, 0755);
  CHECK(only(image_of(packed, layer), "SL6003").location.path == "bin/app");
  CHECK(image_of(plain, other).findings("SL6003").empty());
}
