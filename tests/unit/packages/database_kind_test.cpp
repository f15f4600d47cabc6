#include "packages/database_kind.h"

#include <string>
#include <vector>

#include "support/catch.h"

using namespace imgslim::packages;

TEST_CASE("every database file is known by its path") {
  const std::vector<std::pair<std::string, DatabaseKind>> expected = {
      {"var/lib/dpkg/status", DatabaseKind::dpkg_status},
      {"var/lib/dpkg/diversions", DatabaseKind::dpkg_diversions},
      {"var/lib/dpkg/info/bash.list", DatabaseKind::dpkg_list},
      {"var/lib/dpkg/info/libc6:amd64.md5sums", DatabaseKind::dpkg_md5sums},
      {"var/lib/dpkg/info/bash.conffiles", DatabaseKind::dpkg_conffiles},
      {"var/lib/dpkg/status.d/base-files", DatabaseKind::dpkg_status_d},
      {"var/lib/dpkg/status.d/base-files.md5sums", DatabaseKind::dpkg_status_d_md5sums},
      {"var/lib/apt/extended_states", DatabaseKind::apt_extended_states},
      {"lib/apk/db/installed", DatabaseKind::apk_installed},
      {"etc/apk/world", DatabaseKind::apk_world},
      {"usr/lib/apk/db/installed", DatabaseKind::apk_installed},
      {"var/lib/rpm/rpmdb.sqlite", DatabaseKind::rpm_sqlite},
      {"usr/lib/sysimage/rpm/rpmdb.sqlite", DatabaseKind::rpm_sqlite},
      {"usr/lib/sysimage/rpm/rpmdb.sqlite-wal", DatabaseKind::rpm_sqlite_wal},
      {"usr/lib/sysimage/rpm/Packages.db", DatabaseKind::rpm_ndb},
      {"var/lib/rpm/Packages", DatabaseKind::rpm_berkeley},
      {"usr/lib/python3.11/site-packages/a-1.dist-info/METADATA", DatabaseKind::python_metadata},
      {"a-1.dist-info/RECORD", DatabaseKind::python_record},
      {"usr/lib/python3/dist-packages/six-1.16.0.egg-info/PKG-INFO", DatabaseKind::python_egg_info},
      {"x/a.egg-info/installed-files.txt", DatabaseKind::python_installed_files},
      {"x/a.egg-info/top_level.txt", DatabaseKind::python_top_level},
      {"x/a.dist-info/top_level.txt", DatabaseKind::python_top_level},
      {"usr/lib/python2.7/wsgiref.egg-info", DatabaseKind::python_egg_info},
      {"usr/lib/node_modules/npm/package.json", DatabaseKind::npm_package},
      {"usr/lib/node_modules/npm/node_modules/@npmcli/fs/package.json", DatabaseKind::npm_package},
      {"app/node_modules/.pnpm/a@1.0.0/node_modules/a/package.json", DatabaseKind::npm_package},
      {"srv/app/node_modules/.package-lock.json", DatabaseKind::npm_hidden_lock},
      {"app/vendor/composer/installed.json", DatabaseKind::composer_installed},
      {"usr/local/lib/ruby/gems/3.1.0/specifications/rake-13.0.gemspec", DatabaseKind::gem_specification},
      {"g/specifications/default/json-2.6.gemspec", DatabaseKind::gem_specification},
      {"g/extensions/x86_64-linux/3.1.0/bcrypt-3.1.18/gem.build_complete", DatabaseKind::gem_extension},
      {"opt/conda/conda-meta/numpy-1.26.0-py311.json", DatabaseKind::conda_meta},
      {"var/lib/chisel/manifest.wall", DatabaseKind::chisel_manifest},
      {"app.jar", DatabaseKind::jar},
      {"opt/tomcat/webapps/ROOT.war", DatabaseKind::jar},
      {"opt/app.ear", DatabaseKind::jar},
  };
  for (const auto& [path, kind] : expected) {
    CAPTURE(path);
    CHECK(classify_database(path) == kind);
  }
}

TEST_CASE("files that only look like a database are none") {
  for (const auto* path : {"",
                           "status",
                           "home/var/lib/dpkg/status",
                           "var/lib/dpkg/info/bash.postinst",
                           "var/lib/dpkg/info/a/b.list",
                           "var/lib/dpkg/status.d/",
                           "var/lib/dpkg/status-old",
                           "var/lib/dpkg",
                           "opt/lib/apk/db/installed",
                           "installed",
                           "world",
                           "opt/etc/apk/world",
                           "extended_states",
                           "app/.package-lock.json",
                           "app/package-lock.json",
                           "app/installed.json",
                           "opt/rpmdb.sqlite",
                           "opt/Packages",
                           "METADATA",
                           "x/METADATA",
                           "x/RECORD",
                           "x.egg/PKG-INFO",
                           "x.dist-info/sub/RECORD",
                           "top_level.txt",
                           ".egg-info",
                           "package.json",
                           "app/package.json",
                           "node_modules/package.json",
                           "node_modules/a/lib/package.json",
                           "node_modules/@scope/package.json",
                           "node_modules/a/test/node_modules/b/package.json",
                           "node_modules/.bin/package.json",
                           "node_modules/.pnpm/a@1.0.0/package.json",
                           "my_node_modules/a/package.json",
                           "x/rake.gemspec",
                           "gems/rake-13/rake.gemspec",
                           "gem.build_complete",
                           "a/b/c/gem.build_complete",
                           "conda-meta/history",
                           "opt/manifest.wall",
                           "jar",
                           "x/ajar",
                           "usr/share/doc/index.html"}) {
    CAPTURE(path);
    CHECK(classify_database(path) == DatabaseKind::none);
  }
}
