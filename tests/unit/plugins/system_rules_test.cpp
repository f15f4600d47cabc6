#include "plugins/system_rules.h"

#include <algorithm>

#include "rule_fixture.h"

using namespace imgslim;
using namespace imgslim::plugins;
using test::RuleProcess;
using test::RuntimeImage;
using test::Texts;

namespace {

test::ElfSpec importing(std::vector<std::string> symbols) {
  test::ElfSpec spec;
  spec.imports = std::move(symbols);
  return spec;
}

constexpr auto program = "/usr/bin/app";

Texts found(const test::BuiltImage& image, Rule rule, std::vector<std::string> environment = {}) {
  return test::texts(RuleProcess(image, program, {}, std::move(environment)).run(rule));
}

}  // namespace

TEST_CASE("who asks for users gets the services of nsswitch.conf that are not built in") {
  RuntimeImage root;
  root.program(program, importing({"getpwnam"}));
  root.file("/etc/nsswitch.conf",
            "# users\npasswd: files [NOTFOUND=return] ldap\ngroup:files systemd\nhosts: files mdns4 dns\n");
  CHECK(found(root.done(), name_services) == Texts{"declared libnss_ldap.so.2 (/etc/nsswitch.conf:2)",
                                                   "declared libnss_systemd.so.2 (/etc/nsswitch.conf:3)"});
}

TEST_CASE("who asks for hosts gets the services of hosts, and nobody else any") {
  RuntimeImage root;
  root.program(program, importing({"getaddrinfo"}))
      .file("/etc/nsswitch.conf", "passwd: ldap\nhosts: files mdns4 dns\n");
  CHECK(found(root.done(), name_services) == Texts{"declared libnss_mdns4.so.2 (/etc/nsswitch.conf:2)"});
  RuntimeImage other;
  other.program(program, importing({"puts"})).file("/etc/nsswitch.conf", "passwd: ldap\nhosts: mdns4\n");
  CHECK(found(other.done(), name_services).empty());
}

TEST_CASE("without nsswitch.conf a glibc of 2.34 needs no module") {
  RuntimeImage root;
  root.program(program, importing({"getaddrinfo", "getpwnam"}));
  CHECK(found(root.done(), name_services).empty());
}

namespace {

RuntimeImage pam_image(std::uint32_t mode) {
  RuntimeImage root;
  auto spec = importing({"pam_start"});
  spec.needed = {"libpam.so.0"};
  root.program(program, spec, mode).library("/usr/lib/x86_64-linux-gnu/libpam.so.0");
  return root;
}

}  // namespace

TEST_CASE("PAM's modules are those of the service of a set-user-ID program, with what it includes") {
  auto root = pam_image(04755);
  root.file("/etc/pam.d/app",
            "auth required pam_unix.so nullok\n@include common\n-session [success=1 default=ignore] pam_x.so\n");
  root.file("/etc/pam.d/common", "account include deeper\n");
  root.file("/etc/pam.d/deeper", "account sufficient /opt/pam_own.so # comment\n@include deeper\n");
  root.file("/etc/pam.d/other", "auth required pam_deny.so\n");
  CHECK(found(root.done(), pam_modules) ==
        Texts{"declared /usr/lib/x86_64-linux-gnu/security/pam_unix.so (/etc/pam.d/app:1)",
              "declared /opt/pam_own.so (/etc/pam.d/deeper:1)",
              "declared /usr/lib/x86_64-linux-gnu/security/pam_x.so (/etc/pam.d/app:3)"});
}

TEST_CASE("a server's PAM modules wait for a login, and the service other says little: possible") {
  auto server = pam_image(0755);
  server.file("/etc/pam.d/app", "auth required pam_unix.so\n");
  CHECK(found(server.done(), pam_modules) ==
        Texts{"possible /usr/lib/x86_64-linux-gnu/security/pam_unix.so (/etc/pam.d/app:1)"});
  auto root = pam_image(04755);
  root.file("/etc/pam.d/other", "auth required pam_deny.so\n");
  CHECK(found(root.done(), pam_modules) ==
        Texts{"possible /usr/lib/x86_64-linux-gnu/security/pam_deny.so (/etc/pam.d/other:1)"});
}

namespace {

RuntimeImage openssl_image(const std::string& text) {
  RuntimeImage root;
  test::ElfSpec spec;
  spec.needed = {"libcrypto.so.3"};
  test::ElfSpec libcrypto;
  libcrypto.read_only_data =
      test::data_of({"/usr/lib/ssl", "/usr/lib/x86_64-linux-gnu/ossl-modules", "/usr/lib/x86_64-linux-gnu/engines-3"});
  root.program(program, spec).library("/usr/lib/x86_64-linux-gnu/libcrypto.so.3", libcrypto);
  root.file("/etc/ssl/openssl.cnf", text).symlink("/usr/lib/ssl/openssl.cnf", "/etc/ssl/openssl.cnf");
  return root;
}

}  // namespace

TEST_CASE("OpenSSL loads the providers and engines that openssl.cnf activates") {
  auto root = openssl_image(
      "openssl_conf = openssl_init\n[openssl_init]\nproviders = provs\nengines = engs\n[provs]\ndefault = d\nlegacy = "
      "l\n"
      "fips = f\n[d]\nactivate = 1\n[l]\nactivate = yes\n[f]\n# activate = 1\n[engs]\npkcs11 = p\n[p]\ndynamic_path = "
      "pkcs11.so\n");
  CHECK(found(root.done(), openssl_modules) ==
        Texts{"declared /usr/lib/x86_64-linux-gnu/ossl-modules/legacy.so (/usr/lib/ssl/openssl.cnf:12)",
              "declared /usr/lib/x86_64-linux-gnu/engines-3/pkcs11.so (/usr/lib/ssl/openssl.cnf:18)"});
}

TEST_CASE("the default openssl.cnf loads nothing") {
  auto root = openssl_image(
      "openssl_conf = openssl_init\n[openssl_init]\nproviders = p\n[p]\ndefault = d\n[d]\n# activate = 1\n");
  CHECK(found(root.done(), openssl_modules).empty());
}

TEST_CASE("a locale of the environment maps its directory, or the archive") {
  RuntimeImage root;
  root.program(program, importing({"setlocale"}));
  root.file("/usr/lib/locale/C.utf8/LC_CTYPE", "x").file("/usr/lib/locale/de_DE.utf8/LC_CTYPE", "x");
  const auto image = root.done();
  CHECK(found(image, locale_files).empty());
  CHECK(found(image, locale_files, {"LANG=C"}).empty());
  CHECK(found(image, locale_files, {"LC_CTYPE=C.UTF-8"}) ==
        Texts{"declared /usr/lib/locale/C.utf8/LC_CTYPE (LC_CTYPE C.UTF-8)"});
  CHECK(found(image, locale_files, {"LANG=de_DE.UTF-8"}).size() == 12);
  CHECK(found(image, locale_files, {"LANG=fr_FR.UTF-8"}).empty());
  RuntimeImage with_archive;
  with_archive.program(program, importing({"setlocale"})).file("/usr/lib/locale/locale-archive", "x");
  const auto texts = found(with_archive.done(), locale_files, {"LC_ALL=de_DE.UTF-8"});
  REQUIRE_FALSE(texts.empty());
  CHECK(texts.front() == "declared /usr/lib/locale/locale-archive (LC_CTYPE de_DE.UTF-8)");
}

TEST_CASE("converters follow the code set of the environment") {
  RuntimeImage root;
  root.program(program, importing({"setlocale", "iconv_open"}));
  root.library("/usr/lib/x86_64-linux-gnu/gconv/ISO8859-1.so").library("/usr/lib/x86_64-linux-gnu/gconv/KOI8-R.so");
  const auto image = root.done();
  CHECK(found(image, character_converters) == Texts{"possible /usr/lib/x86_64-linux-gnu/gconv/gconv-modules.cache ()"});
  CHECK(found(image, character_converters, {"LANG=de_DE.ISO-8859-1"}) ==
        Texts{"declared /usr/lib/x86_64-linux-gnu/gconv/gconv-modules.cache (LC_CTYPE de_DE.ISO-8859-1)",
              "possible /usr/lib/x86_64-linux-gnu/gconv/ISO8859-1.so (LC_CTYPE de_DE.ISO-8859-1)"});
}

TEST_CASE("the unwinder is possible where threads can be cancelled") {
  RuntimeImage root;
  root.program(program, importing({"pthread_cancel"}));
  const auto texts = found(root.done(), unwinder);
  REQUIRE(texts.size() == 1);
  CHECK(texts.front().starts_with("possible libgcc_s.so.1"));
  RuntimeImage other;
  other.program(program, importing({"pthread_create"}));
  CHECK(found(other.done(), unwinder).empty());
}

TEST_CASE("only required dlopen notes are declared") {
  RuntimeImage root;
  test::ElfSpec spec;
  spec.notes = {{"FDO", 0x407c0c0a,
                 R"([{"soname":["libz.so.2","libz.so.1"],"feature":"zip","priority":"required"},)"
                 R"({"soname":["libq.so.1"],"priority":"recommended"}])"}};
  root.program(program, spec);
  const auto image = root.done();
  CHECK(found(image, noted_libraries) == Texts{"declared libz.so.2 (zip)", "possible libq.so.1 ()"});
  const auto candidates = RuleProcess(image, program).run(noted_libraries);
  CHECK(candidates.front().alternatives == std::vector<std::string>{"libz.so.1"});
}

TEST_CASE("programs in a directory of helpers that the program names are possible") {
  RuntimeImage root;
  auto spec = importing({"execve"});
  spec.read_only_data = test::data_of({"/usr/lib/app", "/usr/lib/x86_64-linux-gnu", "/usr/bin/env"});
  root.program(program, spec).program("/usr/lib/app/worker").library("/usr/lib/app/module.so");
  root.file("/usr/lib/app/hook", "#!/bin/sh\n", 0755).file("/usr/lib/app/readme.conf", "text", 0644);
  CHECK(found(root.done(), programs_by_directory) ==
        Texts{"possible /usr/lib/app/hook (/usr/lib/app)", "possible /usr/lib/app/worker (/usr/lib/app)"});
}

TEST_CASE("a program that executes nothing has no helpers") {
  RuntimeImage root;
  test::ElfSpec spec;
  spec.read_only_data = test::data_of({"/usr/lib/app"});
  root.program(program, spec).program("/usr/lib/app/worker");
  CHECK(found(root.done(), programs_by_directory).empty());
}

TEST_CASE("library names in data are possible when they are versioned and their file can open libraries") {
  RuntimeImage root;
  auto spec = importing({"dlopen"});
  spec.read_only_data = test::data_of({"libfoo.so.1", "libbar.so"});
  root.program(program, spec);
  CHECK(found(root.done(), libraries_by_string) == Texts{"possible libfoo.so.1 ()"});
  RuntimeImage other;
  spec.imports = {};
  other.program(program, spec);
  CHECK(found(other.done(), libraries_by_string).empty());
}

TEST_CASE("Qt's platform plugin is the one that the environment names") {
  RuntimeImage root;
  test::ElfSpec spec;
  spec.needed = {"libQt5Gui.so.5"};
  root.program(program, spec).library("/usr/lib/x86_64-linux-gnu/libQt5Gui.so.5");
  root.library("/usr/lib/x86_64-linux-gnu/qt5/plugins/platforms/libqoffscreen.so");
  root.library("/usr/lib/x86_64-linux-gnu/qt5/plugins/platforms/libqxcb.so");
  const auto texts = found(root.done(), toolkit_modules, {"QT_QPA_PLATFORM=offscreen"});
  REQUIRE(texts.size() == 2);
  CHECK(texts[0].starts_with("declared "));
  CHECK(texts[1].starts_with("possible "));
}

TEST_CASE("a module whose name and directory the program states is likely") {
  RuntimeImage root;
  auto spec = importing({"dlopen"});
  spec.read_only_data = test::data_of({"/usr/lib/app/", "libmodule.so", "libother.so", "/usr/lib"});
  root.program(program, spec).library("/usr/lib/app/libmodule.so").library("/usr/lib/libother.so");
  CHECK(found(root.done(), modules_by_string) == Texts{"likely /usr/lib/app/libmodule.so (/usr/lib/app)"});
}

TEST_CASE("a program's own library states names and directories for it, a library of the system does not") {
  RuntimeImage root;
  test::ElfSpec spec, own = importing({"dlopen"});
  spec.needed = {"libown.so.0"};
  spec.runpath = {"/usr/libexec/app"};
  spec.read_only_data = test::data_of({"policy.so"});
  own.read_only_data = test::data_of({"/usr/libexec/app/"});
  root.program(program, spec).library("/usr/libexec/app/libown.so.0", own).library("/usr/libexec/app/policy.so");
  CHECK(found(root.done(), modules_by_string) == Texts{"likely /usr/libexec/app/policy.so (/usr/libexec/app)"});
  RuntimeImage other;
  spec.runpath.clear();
  other.program(program, spec).library("/usr/lib/libown.so.0", own).library("/usr/libexec/app/policy.so");
  CHECK(found(other.done(), modules_by_string).empty());
}

TEST_CASE("programs known to load all of a directory do, and no others") {
  auto spec = importing({"lt_dlopen", "opendir"});
  spec.read_only_data = test::data_of({"/usr/lib/znc"});
  for (const std::string name : {"znc", "other"}) {
    RuntimeImage root;
    root.program("/usr/bin/" + name, spec).library("/usr/lib/znc/a.so").library("/usr/lib/znc/b.so");
    const auto image = root.done();
    CHECK(RuleProcess(image, "/usr/bin/" + name).run(modules_by_directory).size() == (name == "znc" ? 2u : 0u));
  }
}

TEST_CASE("modules that are called core are loaded where the program lists their directory") {
  auto spec = importing({"dlopen", "opendir"});
  spec.read_only_data = test::data_of({"/usr/lib/ircd/modules"});
  RuntimeImage root;
  root.program(program, spec).library("/usr/lib/ircd/modules/core_dns.so").library("/usr/lib/ircd/modules/m_sha.so");
  root.library("/usr/lib/other/modules/core_x.so");
  auto plain = importing({"dlopen"});
  plain.read_only_data = spec.read_only_data;
  root.program("/usr/bin/plain", plain);
  const auto image = root.done();
  CHECK(test::texts(RuleProcess(image, program).run(modules_by_directory)) ==
        Texts{"likely /usr/lib/ircd/modules/core_dns.so (/usr/lib/ircd/modules)"});
  CHECK(RuleProcess(image, "/usr/bin/plain").run(modules_by_directory).empty());
}

TEST_CASE("cryptography of Python loads OpenSSL's legacy provider unless told not to") {
  RuntimeImage root;
  test::ElfSpec spec, crypto;
  spec.needed = {"/usr/lib/python3/dist-packages/cryptography/hazmat/bindings/_rust.abi3.so", "libcrypto.so.3"};
  crypto.read_only_data = test::data_of({"/usr/lib/ossl-modules", "/usr/lib/ssl"});
  root.program(program, spec).library("/usr/lib/libcrypto.so.3", crypto).library("/usr/lib/ossl-modules/legacy.so");
  root.library("/usr/lib/python3/dist-packages/cryptography/hazmat/bindings/_rust.abi3.so");
  const auto image = root.done();
  CHECK(test::texts(RuleProcess(image, program).run(openssl_modules)) ==
        Texts{"likely /usr/lib/ossl-modules/legacy.so (legacy provider)"});
  CHECK(RuleProcess(image, program, {}, {"CRYPTOGRAPHY_OPENSSL_NO_LEGACY=1"}).run(openssl_modules).empty());
}

TEST_CASE("ImageMagick opens the coders of the formats on its command line") {
  RuntimeImage root;
  test::ElfSpec spec, core;
  spec.needed = {"libMagickCore-6.so.6"};
  core.read_only_data = test::data_of({"/usr/lib/x86_64-linux-gnu/ImageMagick-6.9/modules/coders"});
  root.program(program, spec).library("/usr/lib/x86_64-linux-gnu/libMagickCore-6.so.6", core);
  for (const auto name : {"png", "jpeg", "gif"})
    root.library(std::string("/usr/lib/x86_64-linux-gnu/ImageMagick-6.9/modules/coders/") + name + ".so");
  const auto image = root.done();
  const auto texts = test::texts(RuleProcess(image, program, {"-resize", "a.JPG", "png:-"}).run(image_coders));
  REQUIRE(texts.size() == 2);
  CHECK(texts[0] == "likely /usr/lib/x86_64-linux-gnu/ImageMagick-6.9/modules/coders/jpeg.so (a.JPG)");
  CHECK(texts[1] == "likely /usr/lib/x86_64-linux-gnu/ImageMagick-6.9/modules/coders/png.so (png:-)");
}

TEST_CASE("a word that a format makes the name of a module of is likely one that is opened, more words are a choice") {
  const auto candidates = [](const std::vector<std::string>& words, const std::vector<std::string>& modules) {
    RuntimeImage root;
    auto spec = importing({"dlopen"});
    std::vector<std::string> strings = {"/usr/lib/x86_64-linux-gnu/dri", "%.*s/%s_dri.so"};
    strings.insert(strings.end(), words.begin(), words.end());
    spec.read_only_data = test::data_of(strings);
    root.program(program, spec);
    for (const auto& name : modules) root.library("/usr/lib/x86_64-linux-gnu/dri/" + name);
    return found(root.done(), modules_by_format);
  };
  const Texts one = {"likely /usr/lib/x86_64-linux-gnu/dri/soft_dri.so (%s_dri.so)"};
  CHECK(candidates({"soft", "hard", "other"}, {"soft_dri.so", "zink_dri.so", "hard.so", "_dri.so"}) == one);
  const auto three = candidates({"a1", "b1", "c1"}, {"a1_dri.so", "b1_dri.so", "c1_dri.so"});
  CHECK(three.size() == 3);
  CHECK(std::all_of(three.begin(), three.end(), [](const auto& text) { return text.starts_with("possible "); }));
}

TEST_CASE("a library opens all modules of the directory that is named after it and for them") {
  const auto candidates = [](std::vector<std::string> imports) {
    RuntimeImage root;
    test::ElfSpec spec;
    spec.needed = {"libvips.so.42"};
    root.program(program, spec).library("/usr/lib/x86_64-linux-gnu/libvips.so.42", importing(std::move(imports)));
    for (const auto* module :
         {"vips-modules-8.14/vips-heif.so", "vips-modules-8.14/note", "vips/x.so", "viper-modules/x.so"})
      root.library(std::string("/usr/lib/x86_64-linux-gnu/") + module);
    return found(root.done(), modules_by_directory);
  };
  const std::string directory = "/usr/lib/x86_64-linux-gnu/vips-modules-8.14";
  CHECK(candidates({"g_module_open", "g_dir_open"}) ==
        Texts{"likely " + directory + "/vips-heif.so (" + directory + ")"});
  CHECK(candidates({"g_module_open"}).empty());
}
