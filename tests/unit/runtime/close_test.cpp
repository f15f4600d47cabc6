#include <algorithm>

#include "runtime/closure.h"
#include "support/runtime_image.h"

using namespace imgslim;
using namespace imgslim::runtime;
using test::ElfSpec;
using test::RuntimeImage;

namespace {

Closure close(const test::BuiltImage& image) { return runtime::close(image.files, image.config, {}); }

const UsedFile* row(const Closure& closure, std::string_view path) {
  const auto place =
      std::find_if(closure.files.begin(), closure.files.end(), [&](const UsedFile& file) { return file.path == path; });
  return place == closure.files.end() ? nullptr : &*place;
}

/// "via tier" of a file, "" when it is not used.
std::string reason(const Closure& closure, std::string_view path) {
  const auto* file = row(closure, path);
  return file == nullptr ? "" : file->via + " " + std::string(tier_name(file->tier));
}

std::string from(const Closure& closure, std::string_view path) {
  const auto* file = row(closure, path);
  REQUIRE(file != nullptr);
  return file->from == no_use ? "" : closure.files[file->from].path;
}

ElfSpec needing(std::vector<std::string> names) {
  ElfSpec spec;
  spec.needed = std::move(names);
  return spec;
}

const std::string libraries = "/usr/lib/x86_64-linux-gnu/";

}  // namespace

TEST_CASE("a program maps its linker and what it needs, each with its reason") {
  RuntimeImage root;
  root.program("/usr/bin/app", needing({"liba.so.1"})).library(libraries + "liba.so.1", needing({"libb.so.1"}));
  root.library(libraries + "libb.so.1").library(libraries + "libunused.so.1").command({"app"});
  const auto image = root.done();
  const auto closure = close(image);
  REQUIRE(closure.processes.size() == 1);
  CHECK(closure.processes[0].coverage == Coverage::complete);
  CHECK(closure.processes[0].runtime == "native");
  CHECK(closure.processes[0].objects.size() == 5);
  CHECK(from(closure, "/usr/bin/app").empty());
  CHECK(reason(closure, RuntimeImage::linker_path) == "PT_INTERP certain");
  CHECK(reason(closure, libraries + "libb.so.1") == "DT_NEEDED certain");
  CHECK(from(closure, libraries + "libb.so.1") == libraries + "liba.so.1");
  CHECK(row(closure, libraries + "libb.so.1")->requested == "libb.so.1");
  CHECK(reason(closure, libraries + "libunused.so.1").empty());
  CHECK(closure.shared_objects == 6);
  CHECK(closure.unreached.shared_objects == 1);
  CHECK(closure.unreached.bytes == image.files.size_bytes(image.files.find(libraries + "libunused.so.1")->file));
}

TEST_CASE("what a module brings is as sure as the module, and surer when a surer one needs it too") {
  RuntimeImage root;
  ElfSpec host;
  host.imports = {"dlopen"};
  host.read_only_data = test::data_of({"/etc/host", "/usr/lib/host", "libguess.so.1"});
  root.program("/usr/bin/host", host).command({"/usr/bin/host"});
  root.library(libraries + "libguess.so.1", needing({"libshared.so.1", "libdoubtful.so.1"}));
  root.library("/usr/lib/host/module.so", needing({"libshared.so.1"}));
  root.library(libraries + "libshared.so.1").library(libraries + "libdoubtful.so.1");
  root.file("/etc/host/host.conf", "load module.so\n");
  const auto closure = close(root.done());
  CHECK(reason(closure, "/usr/lib/host/module.so") == "module configuration declared");
  CHECK(row(closure, "/usr/lib/host/module.so")->detail == "/etc/host/host.conf:1");
  CHECK(reason(closure, libraries + "libshared.so.1") == "DT_NEEDED declared");
  CHECK(reason(closure, libraries + "libdoubtful.so.1") == "DT_NEEDED possible");
  CHECK(reason(closure, libraries + "libguess.so.1") == "library string possible");
  CHECK(closure.processes[0].coverage == Coverage::rules);
  CHECK(closure.processes[0].openers == std::vector<std::string>{"/usr/bin/host"});
}

TEST_CASE("modules of modules are found: rules run until they add nothing") {
  RuntimeImage root;
  ElfSpec host, module;
  host.read_only_data = test::data_of({"/etc/host", "/usr/lib/host"});
  module.read_only_data = test::data_of({"/etc/module", "/usr/lib/module"});
  root.program("/usr/bin/host", host).command({"/usr/bin/host"}).library("/usr/lib/host/first.so", module);
  root.library("/usr/lib/module/second.so");
  root.file("/etc/host/a.conf", "load first.so\n").file("/etc/module/b.conf", "extension = second\n");
  const auto closure = close(root.done());
  CHECK(reason(closure, "/usr/lib/module/second.so") == "module configuration declared");
  CHECK(from(closure, "/usr/lib/module/second.so") == "/usr/lib/host/first.so");
}

TEST_CASE("a plugin host is of unknown coverage when modules stand where it looks and none was found") {
  ElfSpec host;
  host.imports = {"dlopen"};
  host.read_only_data = test::data_of({"/usr/lib/host"});
  RuntimeImage root;
  root.program("/usr/bin/host", host).command({"/usr/bin/host"}).library("/usr/lib/host/plugins/module.so");
  const auto closure = close(root.done());
  CHECK(closure.processes[0].coverage == Coverage::unknown);
  CHECK(closure.processes[0].openers == std::vector<std::string>{"/usr/bin/host"});
}

TEST_CASE("a program that can open modules is known when the image has none for it") {
  ElfSpec host;
  host.imports = {"dlopen"};
  host.read_only_data = test::data_of({"/usr/lib/host"});
  RuntimeImage root;
  root.program("/usr/bin/host", host).command({"/usr/bin/host"}).library("/usr/lib/other/module.so");
  CHECK(close(root.done()).processes[0].coverage == Coverage::rules);
}

TEST_CASE("a program with modules in a directory of its own name, of which none was found, is of unknown coverage") {
  const auto coverage = [](const std::string& directory, std::vector<std::string> imports) {
    ElfSpec spec;
    spec.imports = std::move(imports);
    RuntimeImage root;
    root.program("/usr/bin/editor-nox", spec).library("/usr/lib/" + directory + "/native/a.so").command({"editor-nox"});
    return close(root.done()).processes[0].coverage;
  };
  CHECK(coverage("editor", {"dlopen"}) == Coverage::unknown);
  CHECK(coverage("edit", {"dlopen"}) == Coverage::rules);
  CHECK(coverage("editor", {}) == Coverage::complete);
}

TEST_CASE(
    "a program that names modules of its directory, of which nothing tells that it opens them, is of unknown "
    "coverage") {
  const auto coverage = [](const std::string& module) {
    ElfSpec host;
    host.imports = {"dlopen"};
    host.read_only_data = test::data_of({"/usr/lib/host", "/etc/host.conf", ".so", "mod_h2"});
    RuntimeImage root;
    root.program("/usr/bin/host", host).command({"/usr/bin/host"}).library("/usr/lib/host/" + module + ".so");
    root.library("/usr/lib/host/mod_x.so").file("/etc/host.conf", "load mod_x\n");
    return close(root.done()).processes[0].coverage;
  };
  CHECK(coverage("mod_h2") == Coverage::unknown);
  CHECK(coverage("mod_h3") == Coverage::rules);
}

TEST_CASE("a library that embeds a language is of unknown coverage until a rule reads a program in it") {
  ElfSpec perl;
  perl.imports = {"dlopen"};
  perl.read_only_data = test::data_of({libraries + "perl/5.36"});
  const auto coverage = [&](const std::string& module) {
    RuntimeImage root;
    root.program("/usr/bin/host", needing({"libperl.so.5"})).command({"/usr/bin/host"});
    root.library(libraries + "libperl.so.5", perl).library(module);
    return close(root.done()).processes[0].coverage;
  };
  CHECK(coverage(libraries + "perl/5.36/auto/Fcntl/Fcntl.so") == Coverage::unknown);
  CHECK(coverage(libraries + "libother.so") == Coverage::rules);  // of the language nothing is there
}

TEST_CASE("too many modules that packages import only in functions leave the coverage unknown") {
  RuntimeImage root;
  ElfSpec lua;
  lua.imports = {"dlopen"};
  lua.read_only_data = test::data_of({"/usr/share/lua/5.4/?.lua", "/usr/lib/lua/5.4/?.so"});
  root.program("/usr/bin/lua5.4", lua).command({"lua5.4", "/app/x.lua"}).file("/usr/share/lua/5.4/x.lua", "");
  root.library("/usr/lib/lua/5.4/early.so").library("/usr/lib/lua/5.4/late.so");
  root.file("/app/x.lua", "require 'early'\nfunction f()\n  require 'late'\nend\n");
  const auto closure = close(root.done());
  CHECK(closure.processes[0].runtime == "lua 5.4");
  CHECK(closure.processes[0].coverage == Coverage::unknown);
}

TEST_CASE("modules of Python's own library that are imported in functions leave the coverage known") {
  const auto coverage = [](const std::string& compiled) {
    RuntimeImage root;
    ElfSpec python;
    python.imports = {"dlopen"};
    root.program("/usr/bin/python3.11", python).command({"python3.11", "/app/x.py"});
    root.file("/usr/lib/python3.11/os.py", "").file("/app/x.py", "import part\n");
    root.file("/usr/lib/python3/dist-packages/part.py", "def f():\n    import _fast\n");
    root.library(compiled + "/_fast.cpython-311-x86_64-linux-gnu.so");
    return close(root.done()).processes[0].coverage;
  };
  CHECK(coverage("/usr/lib/python3.11/lib-dynload") == Coverage::rules);
  CHECK(coverage("/usr/lib/python3/dist-packages") == Coverage::unknown);
}

TEST_CASE("a program in Ruby that loads gems is of unknown coverage") {
  const auto coverage = [](const std::string& library) {
    RuntimeImage root;
    ElfSpec ruby;
    ruby.imports = {"dlopen"};
    ruby.read_only_data = test::data_of({"/usr/lib/ruby/3.1.0"});
    root.program("/usr/bin/ruby3.1", ruby).command({"ruby3.1", "/app/x.rb"}).directory("/usr/lib/ruby/3.1.0");
    root.file("/app/x.rb", "require 'tool'\n").file(library + "/tool.rb", "");
    return close(root.done()).processes[0].coverage;
  };
  CHECK(coverage("/usr/lib/ruby/3.1.0") == Coverage::rules);
  CHECK(coverage("/var/lib/gems/3.1.0/gems/tool-1.0/lib") == Coverage::unknown);
}

TEST_CASE("a plugin host whose configuration loads nothing is known") {
  RuntimeImage root;
  ElfSpec host;
  host.imports = {"dlopen"};
  host.read_only_data = test::data_of({"/etc/host/host.conf", "/usr/lib/host"});
  root.program("/usr/bin/host", host).command({"/usr/bin/host"}).file("/etc/host/host.conf", "listen 80\n");
  root.library("/usr/lib/host/module.so");
  const auto closure = close(root.done());
  CHECK(closure.processes[0].coverage == Coverage::rules);
  CHECK(closure.processes[0].configuration == std::vector<std::string>{"/etc/host/host.conf"});
}

TEST_CASE("what a program becomes is unknown when nothing tells it") {
  ElfSpec launcher;
  launcher.imports = {"execve"};
  RuntimeImage silent;
  silent.program("/usr/bin/launcher", launcher).command({"/usr/bin/launcher"});
  CHECK(close(silent.done()).processes[0].coverage == Coverage::unknown);
  launcher.imports = {"execve", "fork"};  // it stays, beside what it executes
  RuntimeImage forking;
  forking.program("/usr/bin/launcher", launcher).command({"/usr/bin/launcher"});
  CHECK(close(forking.done()).processes[0].coverage == Coverage::rules);
  RuntimeImage script;
  script.program("/usr/bin/awk").file("/run.awk", "#!/usr/bin/awk -f\n", 0755).command({"/run.awk"});
  CHECK(close(script.done()).processes[0].coverage == Coverage::unknown);
}

TEST_CASE("a program that a wrapper starts as another user is linked as that user") {
  RuntimeImage root;
  ElfSpec app = needing({"liba.so.1"});
  root.program("/usr/sbin/gosu").command({"gosu", "app", "/usr/bin/app"});
  root.file("/etc/passwd", "root:x:0:0::/:\napp:x:1000:1000::/:\n");
  root.program("/usr/bin/app", app, 04755);
  root.library("/opt/lib/liba.so.1").library(libraries + "liba.so.1");
  auto image = root.done();
  image.config.env = {"LD_LIBRARY_PATH=/opt/lib"};
  const auto closure = close(image);
  REQUIRE(closure.processes.size() == 2);
  CHECK(closure.processes[1].process.user == "app");
  CHECK(row(closure, libraries + "liba.so.1") != nullptr);
  CHECK(row(closure, "/opt/lib/liba.so.1") == nullptr);
}

TEST_CASE("helpers of a program are processes of their own, possible, and hang below it") {
  RuntimeImage root;
  ElfSpec host;
  host.imports = {"execve"};
  host.read_only_data = test::data_of({"/usr/lib/host"});
  root.program("/usr/bin/host", host).command({"/usr/bin/host"});
  root.program("/usr/lib/host/worker", needing({"libworker.so.1"})).library(libraries + "libworker.so.1");
  const auto closure = close(root.done());
  REQUIRE(closure.processes.size() == 2);
  CHECK(closure.processes[0].coverage == Coverage::rules);
  CHECK(closure.processes[1].process.role == entrypoint::Role::helper);
  CHECK(closure.processes[1].process.tier == Tier::possible);
  CHECK(reason(closure, "/usr/lib/host/worker") == "helper directory possible");
  CHECK(from(closure, "/usr/lib/host/worker") == "/usr/bin/host");
  CHECK(reason(closure, libraries + "libworker.so.1") == "DT_NEEDED possible");
  CHECK(reason(closure, libraries + "libc.so.6") == "DT_NEEDED certain");
  CHECK(row(closure, libraries + "libc.so.6")->processes == std::vector<std::uint32_t>{0, 1});
}

TEST_CASE("a script's chain leads from the program to the script") {
  RuntimeImage root;
  root.program("/usr/bin/interp").file("/run.x", "#!/usr/bin/interp\n", 0755).command({"/run.x"});
  const auto closure = close(root.done());
  REQUIRE_FALSE(closure.processes.empty());
  CHECK(from(closure, "/usr/bin/interp") == "/run.x");
  CHECK(row(closure, "/run.x")->use == plugins::Use::source);
  CHECK(reason(closure, "/usr/bin/interp") == "shebang certain");
}

TEST_CASE("a missing library is told with the surest object that needs it") {
  RuntimeImage root;
  root.program("/usr/bin/app", needing({"libgone.so.1"})).command({"/usr/bin/app"});
  const auto closure = close(root.done());
  REQUIRE(closure.missing.size() == 1);
  CHECK(closure.missing[0].name == "libgone.so.1");
  CHECK(closure.missing[0].needed_by == "/usr/bin/app");
  CHECK(closure.missing[0].tier == Tier::certain);
  CHECK_FALSE(closure.missing[0].tried.empty());
}

TEST_CASE("a static program is its own closure") {
  RuntimeImage root;
  ElfSpec spec;
  spec.type = 2;
  root.library("/usr/lib/x.so").file("/app", test::build_elf(spec), 0755).command({"/app"});
  const auto closure = close(root.done());
  REQUIRE(closure.processes.size() == 1);
  CHECK(closure.processes[0].objects.size() == 1);
  CHECK(closure.processes[0].runtime == "static");
  CHECK(closure.processes[0].coverage == Coverage::complete);
}

TEST_CASE("an image without a command has no processes, and all its objects are unreached") {
  RuntimeImage root;
  const auto closure = close(root.done());
  CHECK(closure.no_command);
  CHECK(closure.processes.empty());
  CHECK(closure.files.empty());
  CHECK(closure.shared_objects == 2);
  CHECK(closure.unreached.shared_objects == 2);
}

TEST_CASE("an image without any ELF file gives an empty closure") {
  test::LayerFixture layer;
  layer.file("etc/motd", "hello");
  image::ImageConfig config;
  config.cmd = {"/bin/app"};
  const test::BuiltImage image(layer.done(), config);
  const auto closure = close(image);
  CHECK(closure.processes.empty());
  CHECK(closure.shared_objects == 0);
  REQUIRE(closure.failures.size() == 1);
  CHECK(closure.failures[0].obstacle == entrypoint::Obstacle::not_found);
}

TEST_CASE("the same image gives the same closure") {
  RuntimeImage root;
  ElfSpec host;
  host.imports = {"dlopen", "execve"};
  host.read_only_data = test::data_of({"/etc/host", "/usr/lib/host", "/usr/lib/helpers"});
  root.program("/usr/bin/host", host).command({"/usr/bin/host"});
  for (const auto name : {"c", "a", "b"}) {
    root.library(std::string("/usr/lib/host/") + name + ".so").program(std::string("/usr/lib/helpers/") + name);
    root.file(std::string("/etc/host/") + name + ".conf", std::string("load ") + name + ".so\n");
  }
  const auto image = root.done();
  const auto first = close(image), second = close(image);
  REQUIRE(first.files.size() == second.files.size());
  REQUIRE(first.files.size() == 9);
  for (std::size_t i = 0; i < first.files.size(); ++i) {
    CHECK(first.files[i].path == second.files[i].path);
    CHECK(first.files[i].via == second.files[i].via);
    CHECK(first.files[i].from == second.files[i].from);
  }
}

TEST_CASE("the path by which a library is opened keeps its links") {
  RuntimeImage root;
  root.program("/usr/bin/app", needing({"liba.so.1"})).command({"/usr/bin/app"});
  root.library(libraries + "liba.so.1.2.3").symlink(libraries + "liba.so.1", "liba.so.1.2.3");
  const auto closure = close(root.done());
  REQUIRE(row(closure, libraries + "liba.so.1.2.3") != nullptr);
  CHECK(row(closure, libraries + "liba.so.1.2.3")->accessed == libraries + "liba.so.1");
}
