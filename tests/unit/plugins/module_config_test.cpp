#include "plugins/system_rules.h"
#include "rule_fixture.h"

using namespace imgslim;
using namespace imgslim::plugins;
using test::RuleProcess;
using test::RuntimeImage;
using test::Texts;

namespace {

test::ElfSpec naming(std::vector<std::string> strings) {
  test::ElfSpec spec;
  spec.read_only_data = test::data_of(strings);
  return spec;
}

Texts modules(const test::BuiltImage& image, const std::string& program, std::vector<std::string> arguments = {}) {
  return test::texts(RuleProcess(image, program, std::move(arguments)).run(modules_by_configuration));
}

}  // namespace

TEST_CASE("PHP's extensions are those that the scanned directory enables, of the version that is compiled in") {
  RuntimeImage root;
  root.program("/usr/bin/php8.2", naming({"/etc/php/8.2/cli", "/etc/php/8.2/cli/conf.d", "/usr/lib/php/20220829"}));
  for (const auto name : {"mysqli", "opcache", "ftp"})
    root.library(std::string("/usr/lib/php/20220829/") + name + ".so");
  root.library("/usr/lib/php/20210902/mysqli.so");
  root.file("/etc/php/8.2/mods-available/mysqli.ini", "extension=mysqli\n");
  root.file("/etc/php/8.2/mods-available/ftp.ini", "extension=ftp\n");
  root.file("/etc/php/8.2/mods-available/opcache.ini", "; configuration\nzend_extension=opcache.so\n");
  root.symlink("/etc/php/8.2/cli/conf.d/10-opcache.ini", "/etc/php/8.2/mods-available/opcache.ini");
  root.symlink("/etc/php/8.2/cli/conf.d/20-mysqli.ini", "/etc/php/8.2/mods-available/mysqli.ini");
  root.symlink("/etc/php/8.2/fpm/conf.d/20-ftp.ini", "/etc/php/8.2/mods-available/ftp.ini");
  CHECK(modules(root.done(), "/usr/bin/php8.2") ==
        Texts{"declared /usr/lib/php/20220829/opcache.so (/etc/php/8.2/cli/conf.d/10-opcache.ini:2)",
              "declared /usr/lib/php/20220829/mysqli.so (/etc/php/8.2/cli/conf.d/20-mysqli.ini:1)"});
}

TEST_CASE("Apache's modules are those of enabled files whose conditions hold") {
  RuntimeImage root;
  root.program("/usr/sbin/apache2", naming({"/etc/apache2", "/usr/lib/apache2"}));
  for (const auto name : {"mod_mpm_event", "mod_cgi", "mod_cgid", "mod_ssl", "mod_info"})
    root.library(std::string("/usr/lib/apache2/modules/") + name + ".so");
  root.file("/etc/apache2/mods-available/ssl.load", "LoadModule ssl_module /usr/lib/apache2/modules/mod_ssl.so\n");
  root.file("/etc/apache2/apache2.conf",
            "LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so\n"
            "<IfModule mpm_prefork_module>\nLoadModule cgi_module modules/mod_cgi.so\n</IfModule>\n"
            "<IfModule !mpm_prefork_module>\nLoadModule cgid_module modules/mod_cgid.so\n</IfModule>\n"
            "<IfDefine INFO>\nLoadModule info_module modules/mod_info.so\n</IfDefine>\n");
  root.library("/usr/lib/apache2/modules/mod_mpm_prefork.so");
  const auto image = root.done();
  CHECK(modules(image, "/usr/sbin/apache2") ==
        Texts{"declared /usr/lib/apache2/modules/mod_mpm_event.so (/etc/apache2/apache2.conf:1)",
              "declared /usr/lib/apache2/modules/mod_cgid.so (/etc/apache2/apache2.conf:6)"});
  CHECK(modules(image, "/usr/sbin/apache2", {"-D", "INFO"}).size() == 3);
}

TEST_CASE("directives decide which modules count; what they leave open is possible") {
  RuntimeImage root;
  root.program("/usr/sbin/proxy", naming({"/etc/proxy/proxy.cfg", "/usr/lib/proxy"}));
  for (const auto name : {"a", "b", "c", "d"}) root.library(std::string("/usr/lib/proxy/") + name + ".so");
  root.file("/etc/proxy/local.cfg", "#!define WITH_A\n");
  root.file("/etc/proxy/proxy.cfg",
            "#!ifdef WITH_A\nloadmodule \"a.so\"\n#!else\nloadmodule \"b.so\"\n#!endif\n"
            "#!ifdef WITH_C\nloadmodule \"c.so\"\n#!endif\n.if streq(a,b)\nloadmodule \"d.so\"\n.endif\n");
  const auto image = root.done();
  CHECK(modules(image, "/usr/sbin/proxy") == Texts{"declared /usr/lib/proxy/a.so (/etc/proxy/proxy.cfg:2)",
                                                   "possible /usr/lib/proxy/d.so (/etc/proxy/proxy.cfg:10)"});
  CHECK(modules(image, "/usr/sbin/proxy", {"-A", "WITH_C"}).size() == 3);
}

TEST_CASE("a module is found relative to a directory that the program names, through links") {
  RuntimeImage root;
  root.program("/usr/sbin/nginx", naming({"/etc/nginx/nginx.conf", "/usr/share/nginx/"}));
  root.library("/usr/lib/nginx/modules/ngx_stream_module.so");
  root.symlink("/usr/share/nginx/modules", "../../lib/nginx/modules");
  root.file("/etc/nginx/nginx.conf", "include /etc/nginx/modules-enabled/*.conf;\n");
  root.file("/usr/share/nginx/modules-available/mod-stream.conf", "load_module modules/ngx_stream_module.so;\n");
  root.symlink("/etc/nginx/modules-enabled/50-mod-stream.conf", "/usr/share/nginx/modules-available/mod-stream.conf");
  CHECK(
      modules(root.done(), "/usr/sbin/nginx") ==
      Texts{"declared /usr/lib/nginx/modules/ngx_stream_module.so (/etc/nginx/modules-enabled/50-mod-stream.conf:1)"});
}

TEST_CASE("a link in a directory that the program names means the module that it leads to") {
  RuntimeImage root;
  root.program("/usr/sbin/slapd", naming({"/etc/ldap/slapd.d", "/usr/lib/ldap"}));
  root.library("/usr/lib/ldap/back_mdb-2.5.so.0.1.8").symlink("/usr/lib/ldap/back_mdb.so", "back_mdb-2.5.so.0.1.8");
  root.file("/etc/ldap/slapd.d/module.ldif", "olcModulePath: /usr/lib/ldap\nolcModuleLoad: {0}back_mdb\n");
  CHECK(modules(root.done(), "/usr/sbin/slapd") ==
        Texts{"declared /usr/lib/ldap/back_mdb-2.5.so.0.1.8 (/etc/ldap/slapd.d/module.ldif:2)"});
}

TEST_CASE("a key that launches backends takes their short names") {
  RuntimeImage root;
  root.program("/usr/sbin/pdns_server", naming({"/etc/powerdns", "/usr/lib/pdns"}));
  root.library("/usr/lib/pdns/libbindbackend.so").library("/usr/lib/pdns/libgsqlite3backend.so");
  root.file("/etc/powerdns/pdns.d/bind.conf", "launch+=bind\n");
  CHECK(modules(root.done(), "/usr/sbin/pdns_server") ==
        Texts{"declared /usr/lib/pdns/libbindbackend.so (/etc/powerdns/pdns.d/bind.conf:1)"});
}

TEST_CASE("names of source files mean modules, as in ProFTPD") {
  RuntimeImage root;
  root.program("/usr/sbin/proftpd", naming({"/etc/proftpd/proftpd.conf", "/usr/lib/proftpd"}));
  root.library("/usr/lib/proftpd/mod_ban.so");
  root.file("/etc/proftpd/modules.conf", "LoadModule mod_ban.c\n");
  root.file("/etc/proftpd/proftpd.conf", "Include /etc/proftpd/modules.conf\n");
  CHECK(modules(root.done(), "/usr/sbin/proftpd") ==
        Texts{"declared /usr/lib/proftpd/mod_ban.so (/etc/proftpd/modules.conf:1)"});
}

TEST_CASE("a configuration that nobody names loads nothing, nor do modules where nobody looks") {
  RuntimeImage root;
  root.program("/usr/bin/tool", naming({"/etc/tool"}));
  root.library("/usr/lib/other/mod_x.so");
  root.library("/usr/lib/x86_64-linux-gnu/mod_y.so");
  root.file("/etc/tool/tool.conf", "LoadModule mod_x\nLoadModule mod_y\n");
  root.file("/etc/other/other.conf", "LoadModule mod_x\n");
  CHECK(modules(root.done(), "/usr/bin/tool").empty());
}

TEST_CASE("a configuration file of the command line counts") {
  RuntimeImage root;
  root.program("/usr/bin/uwsgi", naming({"/usr/lib/uwsgi/plugins"}));
  root.library("/usr/lib/uwsgi/plugins/python311_plugin.so");
  root.library("/usr/lib/uwsgi/plugins/pypy_plugin.so");
  root.file("/srv/app.ini", "[uwsgi]\nplugins = python3\n");
  const auto image = root.done();
  const Texts expected{"declared /usr/lib/uwsgi/plugins/python311_plugin.so (/srv/app.ini:2)"};
  CHECK(modules(image, "/usr/bin/uwsgi", {"--ini", "/srv/app.ini"}) == expected);
  CHECK(modules(image, "/usr/bin/uwsgi", {"--ini=/srv/app.ini"}) == expected);
  CHECK(modules(image, "/usr/bin/uwsgi").empty());
}

TEST_CASE("flags name modules by file name, by short name and by path") {
  RuntimeImage root;
  root.program("/usr/bin/uwsgi", naming({"/usr/lib/uwsgi/plugins"}));
  root.library("/usr/lib/uwsgi/plugins/python311_plugin.so");
  root.library("/usr/lib/uwsgi/plugins/http_plugin.so");
  root.library("/opt/mine/extra.so");
  const auto image = root.done();
  const auto named = [&](std::vector<std::string> arguments) {
    return test::texts(RuleProcess(image, "/usr/bin/uwsgi", std::move(arguments)).run(modules_by_argument));
  };
  CHECK(named({"--plugin", "python3"}) ==
        Texts{"declared /usr/lib/uwsgi/plugins/python311_plugin.so (--plugin python3)"});
  CHECK(named({"--plugins=http,python3"}).size() == 2);
  CHECK(named({"--load-module=/opt/mine/extra.so"}) ==
        Texts{"declared /opt/mine/extra.so (--load-module /opt/mine/extra.so)"});
  CHECK(named({"--plugin", "python2"}).empty());
  CHECK(named({"--http", "ruby"}).empty());
}

TEST_CASE("what the modules of a directory begin with is no part of the name that configurations give them") {
  RuntimeImage root;
  root.program("/usr/sbin/radiusd", naming({"/etc/raddb", "/usr/lib/radius"}));
  for (const auto name : {"eap", "eap_md5", "eap_tls", "files", "sql", "unix"})
    root.library(std::string("/usr/lib/radius/rlm_") + name + ".so");
  root.file("/etc/raddb/mods-available/eap", "# sql {\neap {\n  md5 {\n  }\n}\n");
  root.file("/etc/raddb/mods-available/sql", "sql {\n}\n");
  root.symlink("/etc/raddb/mods-enabled/eap", "../mods-available/eap");
  root.file("/etc/raddb/sites/default", "unix {\n}\n");
  CHECK(modules(root.done(), "/usr/sbin/radiusd") ==
        Texts{"declared /usr/lib/radius/rlm_eap.so (/etc/raddb/mods-enabled/eap:2)",
              "declared /usr/lib/radius/rlm_eap_md5.so (/etc/raddb/mods-enabled/eap:3)"});
}

TEST_CASE("an element of XML that is a module names it without what all modules begin with") {
  RuntimeImage root;
  root.program("/usr/sbin/ircd", naming({"/etc/ircd", "/usr/lib/ircd/modules"}));
  for (const auto name : {"m_md5", "m_sha", "m_alias", "m_ban", "m_cap", "core_dns"})
    root.library(std::string("/usr/lib/ircd/modules/") + name + ".so");
  root.file("/etc/ircd/ircd.conf", "<module name=\"md5\">\n<connect name=\"sha\">\n");
  CHECK(modules(root.done(), "/usr/sbin/ircd") ==
        Texts{"declared /usr/lib/ircd/modules/m_md5.so (/etc/ircd/ircd.conf:1)"});
}

TEST_CASE("php -n reads no configuration but that of the command line") {
  RuntimeImage root;
  root.program("/usr/bin/php8.2", naming({"/etc/php/8.2/cli/conf.d", "/usr/lib/php/20220829"}));
  root.library("/usr/lib/php/20220829/ftp.so").library("/usr/lib/php/20220829/apcu.so");
  root.file("/etc/php/8.2/cli/conf.d/20-ftp.ini", "extension=ftp\n").file("/srv/my.ini", "extension=apcu\n");
  const auto image = root.done();
  CHECK(modules(image, "/usr/bin/php8.2", {"/srv/x.php", "-n"}).size() == 1);
  CHECK(modules(image, "/usr/bin/php8.2", {"-d", "a=b", "-n", "/srv/x.php"}).empty());
  CHECK(modules(image, "/usr/bin/php8.2", {"-n", "-c", "/srv/my.ini", "/srv/x.php"}) ==
        Texts{"declared /usr/lib/php/20220829/apcu.so (/srv/my.ini:1)"});
}
