#include "plugins/language_rules.h"

#include "rule_fixture.h"
#include "support/zip_writer.h"

using namespace imgslim;
using namespace imgslim::plugins;
using test::RuleProcess;
using test::RuntimeImage;
using test::Texts;

namespace {

/// "tier path" of each candidate of a rule.
Texts found(Rule rule, const test::BuiltImage& image, const std::string& program,
            std::vector<std::string> arguments = {}, std::vector<std::string> environment = {}) {
  Texts result;
  for (const auto& candidate : RuleProcess(image, program, std::move(arguments), std::move(environment)).run(rule))
    result.push_back(std::string(tier_name(candidate.tier)) + " " + candidate.name);
  return result;
}

test::ElfSpec naming(const std::vector<std::string>& strings) {
  test::ElfSpec spec;
  spec.read_only_data = test::data_of(strings);
  return spec;
}

}  // namespace

TEST_CASE("Perl's modules come from the compiled-in @INC, with the compiled part under auto") {
  RuntimeImage root;
  root.program("/usr/bin/perl", naming({"/usr/share/perl/5.36", "/usr/lib/perl/5.36"}));
  root.file("/app/x.pl", "use POSIX;\nsub f {\n  require Late;\n}\n");
  root.file("/usr/lib/perl/5.36/POSIX.pm", "require XSLoader;\nXSLoader::load();\n");
  root.file("/usr/share/perl/5.36/Late.pm", "1;\n");
  root.library("/usr/lib/perl/5.36/auto/POSIX/POSIX.so");
  CHECK(found(perl_modules, root.done(), "/usr/bin/perl", {"/app/x.pl"}) ==
        Texts{"declared /app/x.pl", "likely /usr/lib/perl/5.36/POSIX.pm", "possible /usr/share/perl/5.36/Late.pm",
              "likely /usr/lib/perl/5.36/auto/POSIX/POSIX.so"});
}

TEST_CASE("Perl's configured plugins are likely below a module that is loaded") {
  RuntimeImage root;
  root.program("/usr/bin/perl", naming({"/usr/share/perl5"}));
  const std::string library = "/usr/share/perl5/";
  root.file("/app/x.pl", "use Filter;\nsub f { require Other; }\n");
  root.file("/etc/filter/init.pre",
            "# loadplugin Filter::Off\nloadplugin Filter::On\nloadplugin Other::Part\nsee Filter::Text\n");
  for (const auto* name : {"Filter.pm", "Other.pm", "Filter/On.pm", "Filter/Off.pm", "Filter/Text.pm", "Other/Part.pm"})
    root.file(library + name, "1;\n");
  CHECK(found(perl_modules, root.done(), "/usr/bin/perl", {"/app/x.pl"}) ==
        Texts{"declared /app/x.pl", "likely " + library + "Filter.pm", "possible " + library + "Other.pm",
              "likely " + library + "Filter/On.pm"});
}

TEST_CASE("What Perl loads in place of a missing module is likely, and possible where that is there") {
  RuntimeImage root;
  root.program("/usr/bin/perl", naming({"/usr/share/perl5"}));
  root.file("/app/x.pl", "eval { require Fast } or require Slow;\neval { require Gone } or require Plain;\n");
  for (const auto* name : {"Fast", "Slow", "Plain"}) root.file(std::string("/usr/share/perl5/") + name + ".pm", "1;\n");
  CHECK(found(perl_modules, root.done(), "/usr/bin/perl", {"/app/x.pl"}) ==
        Texts{"declared /app/x.pl", "likely /usr/share/perl5/Fast.pm", "possible /usr/share/perl5/Slow.pm",
              "likely /usr/share/perl5/Plain.pm"});
}

TEST_CASE("Programs of Plack load the application that they are given") {
  RuntimeImage root;
  root.program("/usr/bin/perl", naming({"/usr/share/perl5"}));
  root.file("/app/run.pl", "use Plack::Runner;\n");
  root.file("/usr/share/perl5/Plack/Runner.pm", "1;\n");
  root.file("/srv/my.psgi", "use Shop;\n").file("/app.psgi", "1;\n").file("/usr/share/perl5/Shop.pm", "1;\n");
  const auto image = root.done();
  CHECK(found(perl_modules, image, "/usr/bin/perl", {"/app/run.pl", "-p", "80", "/srv/my.psgi"}) ==
        Texts{"declared /app/run.pl", "likely /usr/share/perl5/Plack/Runner.pm", "likely /srv/my.psgi",
              "likely /usr/share/perl5/Shop.pm"});
  CHECK(found(perl_modules, image, "/usr/bin/perl", {"/app/run.pl"}).back() == "likely /app.psgi");
}

TEST_CASE("Ruby finds a gem's compiled part in its extensions directory, the highest version first") {
  RuntimeImage root;
  root.program("/usr/bin/ruby3.1", naming({"/usr/lib/ruby/3.1.0"}));
  root.directory("/usr/lib/ruby/3.1.0");
  const std::string gems = "/var/lib/gems/3.1.0/";
  for (const auto* version : {"5.6.0", "5.10.0"}) {
    root.file(gems + "gems/puma-" + version + "/lib/puma.rb", "require 'puma/puma_http11'\n");
    root.library(gems + "extensions/x86_64-linux/3.1.0/puma-" + version + "/puma/puma_http11.so");
  }
  root.file("/app/x.rb", "require 'puma'\n");
  CHECK(found(ruby_libraries, root.done(), "/usr/bin/ruby3.1", {"/app/x.rb"}) ==
        Texts{"declared /app/x.rb", "likely " + gems + "gems/puma-5.10.0/lib/puma.rb",
              "likely " + gems + "extensions/x86_64-linux/3.1.0/puma-5.10.0/puma/puma_http11.so"});
}

TEST_CASE("Ruby's autoloads of a library's own parts are likely when their constant is named, others are possible") {
  RuntimeImage root;
  root.program("/usr/bin/ruby3.1", naming({"/usr/lib/ruby/3.1.0"}));
  const std::string library = "/usr/lib/ruby/3.1.0/";
  root.file("/app/x.rb", "require 'web'\nWeb::Part.new\nOther.new\nInstaller.new\n# Web::Rare\n");
  root.file(library + "web.rb",
            "module Web\n  autoload :Part, 'web/part'\n  autoload :Other, 'other/x'\n  autoload :Rare, 'web/rare'\n"
            "  autoload :Deep, 'web/deep'\nend\n");
  root.file(library + "web/part.rb", "def f\n  Deep.new\nend\n").file(library + "other/x.rb", "");
  root.file(library + "web/rare.rb", "Deeper.new\n").file(library + "web/deep.rb", "");
  root.file(library + "rubygems.rb", "autoload :Installer, 'rubygems/installer'\n")
      .file(library + "rubygems/installer.rb", "");
  CHECK(found(ruby_libraries, root.done(), "/usr/bin/ruby3.1", {"/app/x.rb"}) ==
        Texts{"declared " + library + "rubygems.rb", "declared /app/x.rb",
              "possible " + library + "rubygems/installer.rb", "likely " + library + "web.rb",
              "possible " + library + "web/part.rb", "possible " + library + "other/x.rb",
              "possible " + library + "web/rare.rb", "possible " + library + "web/deep.rb",
              "likely " + library + "web/part.rb", "likely " + library + "web/deep.rb"});
}

TEST_CASE("ActiveRecord and Sequel load the database library of an image that has only one") {
  const std::string library = "/usr/lib/ruby/vendor_ruby/";
  const auto adapters = [&](const std::string& first, const Texts& installed) {
    RuntimeImage root;
    root.program("/usr/bin/ruby3.1", naming({"/usr/lib/ruby/3.1.0", "/usr/lib/ruby/vendor_ruby"}));
    root.directory("/usr/lib/ruby/3.1.0").file("/app/x.rb", "require '" + first + "'\n");
    root.file(library + first + ".rb", "module M; end\n");
    for (const auto& name : installed) root.file(library + name + ".rb", "");
    auto all = found(ruby_libraries, root.done(), "/usr/bin/ruby3.1", {"/app/x.rb"});
    std::erase_if(all,
                  [&](const std::string& line) { return line.ends_with(first + ".rb") || line.ends_with("x.rb"); });
    return all;
  };
  CHECK(adapters("active_record/base", {"pg"}) == Texts{"likely " + library + "pg.rb"});
  CHECK(adapters("sequel/core", {"mysql2"}) == Texts{"likely " + library + "mysql2.rb"});
  CHECK(adapters("active_record/base", {"pg", "sqlite3"}).empty());
  CHECK(adapters("other/core", {"pg"}).empty());
}

TEST_CASE("What a compiled Ruby library requires is told by its data, plain words only for its own directory") {
  const auto candidates = [](std::vector<std::string> wants) {
    RuntimeImage root;
    root.program("/usr/bin/ruby3.1", naming({"/usr/lib/ruby/3.1.0"}));
    const std::string library = "/usr/lib/ruby/3.1.0/";
    root.file("/app/x.rb", "require 'digest/sha1'\n");
    auto sha1 = naming({"digest", "json/common", "socket", "finish"});
    sha1.imports = std::move(wants);
    root.library(library + "digest/sha1.so", sha1).library(library + "socket.so").library(library + "digest.so");
    root.file(library + "json/common.rb", "");
    return found(ruby_libraries, root.done(), "/usr/bin/ruby3.1", {"/app/x.rb"});
  };
  CHECK(candidates({"rb_require"}) == Texts{"declared /app/x.rb", "likely /usr/lib/ruby/3.1.0/digest/sha1.so",
                                            "likely /usr/lib/ruby/3.1.0/digest.so",
                                            "likely /usr/lib/ruby/3.1.0/json/common.rb"});
  CHECK(candidates({"rb_define_method"}) == Texts{"declared /app/x.rb", "likely /usr/lib/ruby/3.1.0/digest/sha1.so"});
}

TEST_CASE("A Rack application takes the first server that is installed") {
  RuntimeImage root;
  root.program("/usr/bin/ruby3.1", naming({"/usr/lib/ruby/3.1.0"}));
  const std::string library = "/usr/lib/ruby/3.1.0/";
  root.file("/app/x.rb", "require 'sinatra/base'\n").file(library + "sinatra/base.rb", "#\n");
  for (const auto* name : {"puma", "webrick", "rack/handler/puma", "rackup/handler/webrick"})
    root.file(library + name + ".rb", "");
  const auto texts = found(ruby_libraries, root.done(), "/usr/bin/ruby3.1", {"/app/x.rb"});
  CHECK(texts == Texts{"declared /app/x.rb", "likely " + library + "sinatra/base.rb",
                       "likely " + library + "rack/handler/puma.rb", "likely " + library + "puma.rb"});
}

TEST_CASE("A Rack application that a server has loaded starts no other") {
  RuntimeImage root;
  root.program("/usr/bin/ruby3.1", naming({"/usr/lib/ruby/3.1.0"}));
  const std::string library = "/usr/lib/ruby/3.1.0/";
  root.file("/usr/bin/unicorn", "#!/usr/bin/ruby\nrequire 'sinatra/base'\n", 0755)
      .file(library + "sinatra/base.rb", "#\n");
  for (const auto* name : {"webrick", "rack/handler/webrick"}) root.file(library + name + ".rb", "");
  CHECK(found(ruby_libraries, root.done(), "/usr/bin/ruby3.1", {"/usr/bin/unicorn"}) ==
        Texts{"declared /usr/bin/unicorn", "likely " + library + "sinatra/base.rb"});
}

TEST_CASE("Node takes one prebuilt addon, for the platform and not for Electron") {
  RuntimeImage root;
  root.program("/usr/bin/node");
  root.file("/app/x.js", "require('addon');\n");
  const std::string package = "/srv/modules/addon/";
  root.file(package + "package.json", R"({"name": "addon", "exports": {".": {"require": "./main.js"}}})");
  root.file(package + "main.js", "module.exports = require('node-gyp-build')(__dirname);\n");
  for (const auto* name : {"linux-x64/electron.napi.node", "linux-x64/node.napi.node", "linux-x64/node.napi.musl.node",
                           "linux-arm64/node.napi.node"})
    root.library(package + "prebuilds/" + name);
  CHECK(found(node_modules, root.done(), "/usr/bin/node", {"/app/x.js"}, {"NODE_PATH=/srv/modules"}) ==
        Texts{"declared /app/x.js", "likely " + package + "main.js",
              "likely " + package + "prebuilds/linux-x64/node.napi.node"});
}

/// A JDK in /opt/jdk.
RuntimeImage java_image() {
  RuntimeImage root;
  const std::string home = "/opt/jdk/lib/";
  test::ElfSpec java;
  java.needed = {"libjli.so"};
  java.runpath = {"$ORIGIN/../lib"};
  root.program("/opt/jdk/bin/java", java);
  for (const auto* name :
       {"libjli.so", "server/libjvm.so", "libjava.so", "libjimage.so", "libzip.so", "libnio.so", "libnet.so"})
    root.library(home + name);
  return root;
}

TEST_CASE("Java maps what a framework's application needs: executable jar, unpacked jar, its archives") {
  const std::string home = "/opt/jdk/lib/";
  auto root = java_image();
  for (const auto* name : {"libmanagement.so", "libmanagement_ext.so", "libverify.so"}) root.library(home + name);
  root.file(home + "jvm.cfg", "-server KNOWN\n")
      .file("/app/app.jar", "PK\3\4 org/springframework/boot/loader/ PK")
      .file("/app/tool.jar", "PK\3\4 org/tool/ PK")
      .file("/boot/BOOT-INF/lib/a.jar", "PK")
      .file("/libs/spring-boot-3.3.5.jar", "PK")
      .file("/kafka/kafka_2.13-3.9.0.jar", "PK");
  const auto image = root.done();
  const auto has = [&](const std::vector<std::string>& arguments, const std::string& text) {
    const auto all = found(java_runtime, image, "/opt/jdk/bin/java", arguments);
    return std::find(all.begin(), all.end(), text) != all.end();
  };
  const auto management = "likely " + home + "libmanagement.so";
  CHECK(has({"-jar", "/app/app.jar"}, management));
  CHECK(has({"-cp", "/boot", "Launcher"}, management));
  CHECK(has({"-cp", "/boot", "Launcher"}, "likely /boot/BOOT-INF/lib/a.jar"));
  CHECK(has({"-cp", "/libs/*", "Main"}, management));
  CHECK_FALSE(has({"-jar", "/app/tool.jar"}, management));
  CHECK_FALSE(has({"-cp", "/app", "Main"}, management));
  CHECK(has({"-cp", "/kafka/*", "kafka.Kafka"}, management));
  CHECK_FALSE(has({"-cp", "/kafka/*", "kafka.Kafka"}, "likely " + home + "libverify.so"));
}

std::string jar_with_class_path(const std::string& class_path) {
  test::ZipWriter zip;
  zip.add("META-INF/MANIFEST.MF", "Manifest-Version: 1.0\r\nClass-Path: " + class_path + "\r\n");
  return zip.bytes();
}

TEST_CASE("Java follows the class paths of manifests from where each archive stands, and Quarkus' runner") {
  auto root = java_image();
  root.file("/opt/jdk/lib/jvm.cfg", "-server KNOWN\n")
      .file("/app/app.jar",
            jar_with_class_path("lib/a.jar ./lib/b.jar file:///usr/share/java/c.jar missing.jar classes/"))
      .file("/app/lib/a.jar", jar_with_class_path("d.jar ../app.jar"))
      .file("/app/lib/b.jar", "PK")
      .file("/app/lib/d.jar", "PK")
      .file("/app/lib/unused.jar", "PK")
      .file("/usr/share/java/c.jar", "PK")
      .file("/quarkus/quarkus-run.jar", jar_with_class_path("lib/boot/x.jar"))
      .file("/quarkus/lib/boot/x.jar", "PK")
      .file("/quarkus/lib/main/y.jar", "PK")
      .file("/quarkus/app/shop.jar", "PK");
  const auto image = root.done();
  const auto archives = [&](const std::string& jar) {
    Texts names;
    for (const auto& line : found(java_runtime, image, "/opt/jdk/bin/java", {"-jar", jar}))
      if (line.ends_with(".jar")) names.push_back(line);
    return names;
  };
  CHECK(archives("/app/app.jar") == Texts{"declared /app/app.jar", "declared /app/lib/a.jar", "declared /app/lib/d.jar",
                                          "declared /app/lib/b.jar", "declared /usr/share/java/c.jar"});
  CHECK(archives("/quarkus/quarkus-run.jar") ==
        Texts{"declared /quarkus/quarkus-run.jar", "declared /quarkus/lib/boot/x.jar", "likely /quarkus/lib/main/y.jar",
              "likely /quarkus/app/shop.jar"});
}

TEST_CASE("Java maps the first VM of jvm.cfg; a jar on the class path brings what reads it") {
  const std::string home = "/opt/jdk/lib/";
  auto root = java_image();
  root.file(home + "jvm.cfg", "# comment\n-server KNOWN\n-client IGNORE\n")
      .file(home + "modules", "jimage")
      .file("/app/x.jar", "PK")
      .file("/opt/app/lib/launched.jar", "PK")
      .file("/opt/app/lib/notes.txt", "");
  const auto image = root.done();
  const Texts start{"declared " + home + "server/libjvm.so", "declared " + home + "libjava.so",
                    "declared " + home + "libjimage.so", "declared " + home + "modules"};
  auto without = start, with = start;
  without.insert(without.end(), {"likely " + home + "libnio.so", "likely " + home + "libnet.so"});
  with.insert(with.end(), {"declared /app/x.jar", "declared " + home + "libzip.so", "declared " + home + "libnio.so",
                           "declared " + home + "libnet.so"});
  CHECK(found(java_runtime, image, "/opt/jdk/bin/java", {"Main"}) == without);
  CHECK(found(java_runtime, image, "/opt/jdk/bin/java", {"-jar", "/app/x.jar"}) == with);
  with.insert(with.begin() + static_cast<std::ptrdiff_t>(start.size()) + 1, "likely /opt/app/lib/launched.jar");
  CHECK(found(java_runtime, image, "/opt/jdk/bin/java", {"-Dapp.home=/opt/app", "-jar", "/app/x.jar"}) == with);
}

TEST_CASE(".NET takes the framework's highest patch, and no ICU when globalization is invariant") {
  RuntimeImage root;
  const std::string home = "/usr/share/dotnet/", shared = home + "shared/Microsoft.NETCore.App/";
  root.program(home + "dotnet");
  for (const auto* version : {"8.0.2", "8.0.11", "9.0.0"}) {
    root.library(home + "host/fxr/" + version + "/libhostfxr.so");
    for (const auto* name : {"libhostpolicy.so", "libcoreclr.so", "libclrjit.so", "libSystem.Native.so",
                             "libSystem.Globalization.Native.so"})
      root.library(shared + version + "/" + name);
  }
  root.library("/usr/lib/x86_64-linux-gnu/libicuuc.so.72");
  root.file("/app/x.dll", "MZ")
      .file("/app/x.runtimeconfig.json",
            R"({"runtimeOptions": {"framework": {"name": "Microsoft.NETCore.App", "version": "8.0.0"}}})");
  const auto image = root.done();
  Texts invariant{"declared /app/x.dll", "declared " + home + "host/fxr/9.0.0/libhostfxr.so"};
  for (const auto* name : {"libhostpolicy.so", "libcoreclr.so", "libclrjit.so", "libSystem.Native.so"})
    invariant.push_back("declared " + shared + "8.0.11/" + name);
  CHECK(found(dotnet_runtime, image, home + "dotnet", {"/app/x.dll"}, {"DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1"}) ==
        invariant);
  auto with_icu = invariant;
  with_icu.insert(with_icu.end(), {"declared " + shared + "8.0.11/libSystem.Globalization.Native.so",
                                   "declared libicuuc.so.72", "declared libicui18n.so.72"});
  CHECK(found(dotnet_runtime, image, home + "dotnet", {"/app/x.dll"}) == with_icu);
}

TEST_CASE("Node takes the package for the platform among the optional dependencies of a package") {
  RuntimeImage root;
  root.program("/usr/bin/node");
  root.file("/app/x.js", "require('sharp');\n");
  const std::string modules = "/app/node_modules/";
  root.file(modules + "sharp/package.json",
            R"({"name": "sharp", "optionalDependencies": {"@img/sharp-linux-x64": "1", "@img/sharp-linuxmusl-x64": "1",
                "@img/sharp-linux-arm64": "1", "fsevents": "1"}})");
  root.file(modules + "sharp/index.js", "module.exports = require(`@img/sharp-${platform}/sharp.node`);\n");
  for (const auto* name : {"linux-x64", "linuxmusl-x64", "linux-arm64"})
    root.library(modules + "@img/sharp-" + name + "/lib/sharp-" + name + ".node");
  CHECK(found(node_modules, root.done(), "/usr/bin/node", {"/app/x.js"}) ==
        Texts{"declared /app/x.js", "likely " + modules + "sharp/index.js",
              "likely " + modules + "@img/sharp-linux-x64/lib/sharp-linux-x64.node"});
}

TEST_CASE("Node's package for the platform may have a program in place of a module") {
  RuntimeImage root;
  root.program("/usr/bin/node");
  root.file("/app/x.js", "require('esbuild');\n");
  const std::string modules = "/app/node_modules/";
  root.file(modules + "esbuild/package.json",
            R"({"name": "esbuild", "optionalDependencies": {"@esbuild/linux-x64": "1", "@esbuild/linux-arm64": "1"}})");
  root.file(modules + "esbuild/index.js", "spawn(require.resolve(`${packageName}/bin/esbuild`));\n");
  for (const auto* name : {"linux-x64", "linux-arm64"}) root.program(modules + "@esbuild/" + name + "/bin/esbuild");
  root.file(modules + "@esbuild/linux-x64/bin/README", "");
  CHECK(found(node_modules, root.done(), "/usr/bin/node", {"/app/x.js"}) ==
        Texts{"declared /app/x.js", "likely " + modules + "esbuild/index.js",
              "likely " + modules + "@esbuild/linux-x64/bin/esbuild"});
}

TEST_CASE("Ruby takes an installed gem for a library that came with it as a default gem") {
  RuntimeImage root;
  root.program("/usr/bin/ruby3.1", naming({"/usr/lib/ruby/3.1.0"}));
  root.file("/usr/lib/ruby/3.1.0/json.rb", "").file("/usr/lib/ruby/3.1.0/set.rb", "");
  root.file("/usr/lib/ruby/gems/3.1.0/specifications/default/json-2.6.1.gemspec", "");
  root.file("/var/lib/gems/3.1.0/gems/json-2.7.0/lib/json.rb", "");
  root.file("/var/lib/gems/3.1.0/gems/sorted-set-1.0/lib/set.rb", "");
  root.file("/app/x.rb", "require 'json'\nrequire 'set'\n");
  CHECK(found(ruby_libraries, root.done(), "/usr/bin/ruby3.1", {"/app/x.rb"}) ==
        Texts{"declared /app/x.rb", "likely /var/lib/gems/3.1.0/gems/json-2.7.0/lib/json.rb",
              "likely /usr/lib/ruby/3.1.0/set.rb"});
}

TEST_CASE("R maps its library and default packages, and the packages that a script attaches with what they import") {
  RuntimeImage root;
  root.program("/usr/lib/R/bin/exec/R")
      .file("/app/x.R", "# library(none)\nlibrary(dplyr)\nx <- \"a\"\njsonlite::toJSON(x)\n");
  for (const auto* name : {"methods", "stats"})
    root.library(std::string("/usr/lib/R/library/") + name + "/libs/" + name + ".so");
  const std::string site = "/usr/lib/R/site-library/";
  for (const auto* name : {"dplyr", "rlang", "jsonlite", "other"}) root.library(site + name + "/libs/" + name + ".so");
  root.file(site + "dplyr/DESCRIPTION",
            "Package: dplyr\nDepends: R (>= 3.5)\nImports: methods,\n        rlang (>= 1.0)\nSuggests: other\n");
  const auto image = root.done();
  const auto libraries = found(r_libraries, image, "/usr/lib/R/bin/exec/R", {"--no-echo", "--file=/app/x.R"},
                               {"R_DEFAULT_PACKAGES=stats"});
  CHECK(libraries == Texts{"declared /usr/lib/R/lib/libR.so", "declared /app/x.R",
                           "declared /usr/lib/R/library/methods/libs/methods.so",
                           "declared /usr/lib/R/library/stats/libs/stats.so", "likely " + site + "dplyr/DESCRIPTION",
                           "likely " + site + "dplyr/libs/dplyr.so", "likely " + site + "jsonlite/libs/jsonlite.so",
                           "likely " + site + "rlang/libs/rlang.so"});
}

TEST_CASE("The Erlang emulator executes its child setup from its own directory") {
  RuntimeImage root;
  root.program("/usr/lib/erlang/erts-15/bin/beam.smp").program("/usr/lib/erlang/erts-15/bin/erl_child_setup");
  root.library("/usr/lib/erlang/lib/crypto-5/priv/lib/crypto.so");
  CHECK(found(erlang_runtime, root.done(), "/usr/lib/erlang/erts-15/bin/beam.smp") ==
        Texts{"likely /usr/lib/erlang/erts-15/bin/erl_child_setup", "possible /usr/lib/erlang/erts-15/bin/inet_gethost",
              "possible /usr/lib/erlang/lib/crypto-5/priv/lib/crypto.so"});
}

TEST_CASE("Lua's modules come from the compiled-in templates, LUA_PATH and the directories that a script adds") {
  RuntimeImage root;
  root.program("/usr/bin/lua5.4", naming({"/usr/share/lua/5.4/?.lua;/usr/lib/lua/5.4/?.so;./?.lua"}));
  root.file("/usr/share/lua/5.4/socket.lua",
            "local core = require 'socket.core'\nfunction f()\n  require 'late'\nend\n");
  root.file("/usr/share/lua/5.4/late.lua", "");
  root.library("/usr/lib/lua/5.4/socket/core.so");
  root.library("/usr/lib/lua/5.4/lpeg.so");
  root.file("/srv/extra/init.lua", "require 'lpeg.re'\n");
  root.library("/opt/app/util/hashes.so");
  root.file("/app/x.lua",
            "package.cpath = '/opt/app/?.so;'..package.cpath\nrequire 'socket'\nrequire 'extra'\nrequire "
            "'app.util.hashes'\n");
  CHECK(found(lua_modules, root.done(), "/usr/bin/lua5.4", {"/app/x.lua"}, {"LUA_PATH_5_4=/srv/?/init.lua;;"}) ==
        Texts{"declared /app/x.lua", "likely /usr/share/lua/5.4/socket.lua", "likely /srv/extra/init.lua",
              "likely /opt/app/util/hashes.so", "likely /usr/lib/lua/5.4/socket/core.so",
              "possible /usr/share/lua/5.4/late.lua", "likely /usr/lib/lua/5.4/lpeg.so"});
}

TEST_CASE("What a Lua function requires is likely when a file that requires its module calls it") {
  RuntimeImage root;
  root.program("/usr/bin/lua5.4", naming({"/usr/share/lua/5.4/?.lua"}));
  const std::string library = "/usr/share/lua/5.4/";
  root.file("/app/x.lua", "local start = require 'start'\nthread:run(start.server)\n");
  root.file(library + "start.lua",
            "local start = {}\nfunction start.prepare()\n  require 'lfs'\nend\nfunction start.server()\n"
            "  start.prepare()\nend\nfunction start.shell()\n  require 'editor'\nend\nreturn start\n");
  root.file(library + "lfs.lua", "").file(library + "editor.lua", "");
  CHECK(found(lua_modules, root.done(), "/usr/bin/lua5.4", {"/app/x.lua"}) ==
        Texts{"declared /app/x.lua", "likely " + library + "start.lua", "possible " + library + "lfs.lua",
              "possible " + library + "editor.lua", "likely " + library + "lfs.lua"});
}

TEST_CASE("A server that embeds Lua runs what its configuration holds and names") {
  RuntimeImage root;
  root.library("/usr/lib/libluajit-5.1.so.2", naming({"/usr/share/lua/5.1/?.lua", "/usr/lib/lua/5.1/?.so"}));
  auto nginx = naming({"/etc/nginx/nginx.conf"});
  nginx.needed = {"libluajit-5.1.so.2"};
  root.program("/usr/sbin/nginx", nginx);
  root.file("/etc/nginx/nginx.conf",
            "content_by_lua_block { local c = require \"cjson\" }\ninit_by_lua_file /srv/init.lua;\n");
  root.file("/srv/init.lua", "require 'lfs'\n");
  root.library("/usr/lib/lua/5.1/cjson.so");
  root.library("/usr/lib/lua/5.1/lfs.so");
  CHECK(found(lua_modules, root.done(), "/usr/sbin/nginx") ==
        Texts{"likely /srv/init.lua", "likely /usr/lib/lua/5.1/cjson.so", "likely /usr/lib/lua/5.1/lfs.so"});
}

TEST_CASE("A Tcl package is what its index says to load") {
  RuntimeImage root;
  root.program("/usr/bin/tclsh8.6", naming({"/usr/lib/tcltk"}));
  root.file(
      "/usr/lib/tcltk/tls1.7/pkgIndex.tcl",
      "package ifneeded tls 1.7 \"source \\[file join [list $dir] tls.tcl\\] ; tls::init [list $dir] tcltls.so\"\n"
      "package ifneeded other 1 [list load [file join $dir other.so]]\n");
  root.file("/usr/lib/tcltk/tls1.7/tls.tcl", "package require json\n");
  root.library("/usr/lib/tcltk/tls1.7/tcltls.so");
  root.library("/usr/lib/tcltk/tls1.7/other.so");
  root.file("/app/x.tcl", "package require tls\nsource part.tcl\n");
  root.file("/app/part.tcl", "");
  CHECK(found(tcl_packages, root.done(), "/usr/bin/tclsh8.6", {"/app/x.tcl"}) ==
        Texts{"declared /app/x.tcl", "likely /usr/lib/tcltk/tls1.7/pkgIndex.tcl",
              "likely /usr/lib/tcltk/tls1.7/tls.tcl", "likely /usr/lib/tcltk/tls1.7/tcltls.so",
              "likely /app/part.tcl"});
}
