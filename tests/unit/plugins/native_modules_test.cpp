// Ways in which programs that are no interpreters come to their modules.
#include "plugins/config_includes.h"
#include "plugins/system_rules.h"
#include "rule_fixture.h"

using namespace imgslim;
using namespace imgslim::plugins;
using test::RuleProcess;
using test::RuntimeImage;
using test::Texts;

namespace {

test::ElfSpec naming(std::vector<std::string> strings, std::vector<std::string> imports = {}) {
  test::ElfSpec spec;
  spec.imports = std::move(imports);
  spec.read_only_data = test::data_of(strings);
  return spec;
}

Texts found(const test::BuiltImage& image, const std::string& program, Rule rule,
            std::vector<std::string> arguments = {}) {
  return test::texts(RuleProcess(image, program, std::move(arguments)).run(rule));
}

}  // namespace

TEST_CASE("a line that includes is told in the spellings of many programs") {
  using Paths = std::vector<std::string_view>;
  CHECK(included_paths("include conf.d/*.conf;\n  IncludeOptional mods-enabled/*.load\r\n$INCLUDE mods-enabled/\n"
                       "!includedir /etc/mysql/conf.d\n@include \"scl.conf\"\n!include_try local.conf\n"
                       "$IncludeConfig /etc/rsyslog.d/*.conf\ninclude = other.conf\n#!include_file \"local.cfg\"\n") ==
        Paths{"conf.d/*.conf", "mods-enabled/*.load", "mods-enabled/", "/etc/mysql/conf.d", "scl.conf", "local.conf",
              "/etc/rsyslog.d/*.conf", "other.conf", "local.cfg"});
  CHECK(included_paths("# include x\nincluded y\ninclude\n$INCLUDE ${confdir}/x\ninclude $home/x\n").empty());
}

TEST_CASE("included files are read, from the directory of the file that includes them, and circles end") {
  RuntimeImage root;
  root.program("/usr/lib/ipsec/charon", naming({"/etc/strongswan.conf", "/usr/lib/ipsec/plugins"}));
  for (const auto name : {"attr", "x509", "dnskey", "nonce", "stroke", "farp"})
    root.library(std::string("/usr/lib/ipsec/plugins/libstrongswan-") + name + ".so");
  root.file("/etc/strongswan.conf", "charon {\n  plugins {\n    include strongswan.d/charon/*.conf\n  }\n}\n");
  root.file("/etc/strongswan.d/charon/attr.conf", "include attr.conf\nattr {\n  # a comment\n  load = yes\n}\n");
  root.file("/etc/strongswan.d/charon/farp.conf", "farp {\n  load = no\n}\n");
  root.file("/etc/strongswan.d/charon/x509.conf", "x509 {\n}\n");
  root.file("/etc/strongswan.d/charon/stroke.txt", "stroke {\n  load = yes\n}\n");
  CHECK(found(root.done(), "/usr/lib/ipsec/charon", modules_by_configuration) ==
        Texts{"declared /usr/lib/ipsec/plugins/libstrongswan-attr.so (/etc/strongswan.d/charon/attr.conf:4)"});
}

TEST_CASE("the working directory as an argument is no directory of configurations") {
  RuntimeImage root;
  root.program("/usr/bin/app", naming({"/usr/lib/app"})).library("/usr/lib/app/extra.so");
  root.file("/var/lib/list.conf", "load extra.so\n").file("/load.conf", "load extra.so\n");
  const auto image = root.done();
  CHECK(found(image, "/usr/bin/app", modules_by_configuration, {"--path", "."}).empty());
  CHECK(found(image, "/usr/bin/app", modules_by_configuration, {"./var/lib"}) ==
        Texts{"declared /usr/lib/app/extra.so (/var/lib/list.conf:1)"});
}

TEST_CASE("a configuration states where modules stand, and so does the program's own search path") {
  RuntimeImage root;
  root.program("/usr/sbin/radiusd", naming({"/etc/raddb"}));
  auto searching = naming({"/etc/raddb"});
  searching.runpath = {"/usr/lib/searched"};
  root.program("/usr/sbin/searching", searching);
  root.library("/usr/lib/radius/rlm_x.so").library("/usr/lib/searched/rlm_x.so").library("/usr/lib/other/rlm_x.so");
  root.file("/etc/raddb/radiusd.conf", "libdir = /usr/lib/radius\n#libdir = /usr/lib/other\nload rlm_x\n");
  const auto image = root.done();
  CHECK(found(image, "/usr/sbin/radiusd", modules_by_configuration) ==
        Texts{"declared /usr/lib/radius/rlm_x.so (/etc/raddb/radiusd.conf:3)"});
  CHECK(found(image, "/usr/sbin/searching", modules_by_configuration).size() == 2);
}

TEST_CASE("a module that is loaded if it exists is loaded if the image has it") {
  RuntimeImage root;
  root.program("/usr/bin/sound", naming({"/etc/sound/default.pa", "/etc/sound/run", "/usr/lib/sound/modules"}));
  root.library("/usr/lib/sound/modules/module-a.so").library("/usr/lib/sound/modules/module-b.so");
  root.file("/etc/sound/default.pa",
            "#!/usr/bin/sound -nF\n.ifexists module-a.so\n.nofail\nload-module module-a\n.endif\n"
            ".ifexists module-c.so\nload-module module-b\n.endif\n");
  root.file("/usr/bin/player", "#! /usr/bin/sound\nload-module module-b\n", 0755);
  root.file("/etc/sound/run", "#!/bin/sh\nload-module module-b\n");
  CHECK(found(root.done(), "/usr/bin/sound", modules_by_configuration, {"/usr/bin/player"}) ==
        Texts{"declared /usr/lib/sound/modules/module-a.so (/etc/sound/default.pa:4)"});
}

TEST_CASE("a word of the command line names a module of the directory that the program states, and no other") {
  RuntimeImage root;
  root.program("/usr/bin/nbdkit", naming({"/usr/lib/nbdkit/plugins"}, {"dlopen"}));
  for (const auto name : {"memory", "file", "null", "split", "data"})
    root.library(std::string("/usr/lib/nbdkit/plugins/nbdkit-") + name + "-plugin.so");
  root.library("/usr/lib/nbdkit/plugins/sub/zero.so").library("/usr/lib/elsewhere/one.so");
  const auto image = root.done();
  CHECK(found(image, "/usr/bin/nbdkit", modules_by_argument, {"-f", "memory", "1M"}) ==
        Texts{"likely /usr/lib/nbdkit/plugins/nbdkit-memory-plugin.so (memory)"});
  CHECK(found(image, "/usr/bin/nbdkit", modules_by_argument, {"zero", "one", "-file", "./null"}).empty());
}

TEST_CASE("a shell's scripts and texts load the modules that its commands name") {
  RuntimeImage root;
  root.program("/usr/bin/zsh", naming({"/usr/lib/zsh/5.9"}, {"dlopen"}));
  root.program("/usr/bin/dash", naming({"/usr/lib/zsh/5.9"}));
  root.library("/usr/lib/zsh/5.9/zsh/datetime.so").library("/usr/lib/zsh/5.9/zsh/stat.so");
  const auto image = root.done();
  const std::vector<std::string> arguments = {"-c", "zmodload zsh/datetime\necho zsh/stat # zmodload zsh/stat"};
  CHECK(found(image, "/usr/bin/zsh", modules_by_argument, {"-c", "zmodload zsh/datetime; echo 1"}) ==
        Texts{"likely /usr/lib/zsh/5.9/zsh/datetime.so (-c:1)"});
  CHECK(found(image, "/usr/bin/zsh", modules_by_argument, {"-c", "echo zsh/datetime"}).empty());
  CHECK(found(image, "/usr/bin/dash", modules_by_argument, {"-c", "zmodload zsh/datetime"}).empty());
}

TEST_CASE("GStreamer's scanner opens all plugins, other programs the core elements") {
  const std::string directory = "/usr/lib/x86_64-linux-gnu/gstreamer-1.0/";
  const std::string scanner = "/usr/lib/x86_64-linux-gnu/gstreamer1.0/gstreamer-1.0/gst-plugin-scanner";
  test::ElfSpec using_it;
  using_it.needed = {"libgstreamer-1.0.so.0"};
  RuntimeImage root;
  root.program("/usr/bin/player", using_it).program(scanner, using_it);
  root.library("/usr/lib/x86_64-linux-gnu/libgstreamer-1.0.so.0");
  root.library(directory + "libgstcoreelements.so").library(directory + "libgstogg.so");
  const auto image = root.done();
  CHECK(found(image, "/usr/bin/player", toolkit_modules) ==
        Texts{"likely " + scanner + " (lists plugins)",
              "likely " + directory + "libgstcoreelements.so (" + directory.substr(0, directory.size() - 1) + ")",
              "possible " + directory + "libgstogg.so (" + directory.substr(0, directory.size() - 1) + ")"});
  CHECK(found(image, "/usr/bin/player", toolkit_modules, {"ogg"})[2].starts_with("likely "));
  const auto all = found(image, scanner, toolkit_modules);
  REQUIRE(all.size() == 2);
  CHECK(all[1].starts_with("likely " + directory + "libgstogg.so"));
}

TEST_CASE("a program that offers a function which loads all modules loads those of its own directory") {
  auto spec = naming({"/usr/lib/chat"}, {"dlopen", "opendir"});
  auto offering = spec;
  offering.exports = {"plugin_auto_load"};
  RuntimeImage root;
  root.program("/usr/bin/chat", offering).program("/usr/bin/plain", spec);
  root.library("/usr/lib/chat/plugins/irc.so").library("/usr/lib/chat/plugins/libhelp.so.1");
  root.library("/usr/lib/other/plugins/x.so");
  const auto image = root.done();
  CHECK(found(image, "/usr/bin/chat", modules_by_directory) ==
        Texts{"likely /usr/lib/chat/plugins/irc.so (/usr/lib/chat/plugins)"});
  CHECK(found(image, "/usr/bin/plain", modules_by_directory).empty());
}

TEST_CASE("of a program that loads all, the directories that it states count, without its libraries") {
  RuntimeImage root;
  root.program("/usr/sbin/syslog-ng", naming({"/usr/lib/syslog-ng/4.8"}, {"dlopen", "opendir"}));
  root.library("/usr/lib/syslog-ng/4.8/libaffile.so").library("/usr/lib/syslog-ng/4.8/tools/libtool.so");
  root.program("/usr/sbin/znc", naming({"/etc/znc"}, {"dlopen", "opendir"}));
  root.library("/usr/lib/znc/a.so").library("/usr/lib/znc/below/b.so").library("/usr/lib/znc/c.so.1");
  root.library("/usr/lib/syslog-ng/libhelper-4.8.so.0.0.0");
  const auto image = root.done();
  CHECK(found(image, "/usr/sbin/syslog-ng", modules_by_directory) ==
        Texts{"likely /usr/lib/syslog-ng/4.8/libaffile.so (/usr/lib/syslog-ng/4.8)"});
  CHECK(found(image, "/usr/sbin/znc", modules_by_directory) == Texts{"likely /usr/lib/znc/a.so (/usr/lib/znc)"});
}
