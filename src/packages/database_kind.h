#pragma once

#include <cstdint>
#include <string_view>

namespace imgslim::packages {

/// What a file of an image tells about installed packages, judged by its path alone.
enum class DatabaseKind : std::uint8_t {
  none,
  dpkg_status,             ///< var/lib/dpkg/status
  dpkg_list,               ///< var/lib/dpkg/info/NAME[:ARCH].list
  dpkg_md5sums,            ///< var/lib/dpkg/info/NAME[:ARCH].md5sums
  dpkg_conffiles,          ///< var/lib/dpkg/info/NAME[:ARCH].conffiles
  dpkg_diversions,         ///< var/lib/dpkg/diversions
  dpkg_status_d,           ///< var/lib/dpkg/status.d/NAME (distroless)
  dpkg_status_d_md5sums,   ///< var/lib/dpkg/status.d/NAME.md5sums
  apt_extended_states,     ///< var/lib/apt/extended_states
  apk_installed,           ///< [usr/]lib/apk/db/installed
  apk_world,               ///< etc/apk/world
  rpm_sqlite,              ///< rpmdb.sqlite in one of rpm's database directories
  rpm_sqlite_wal,          ///< rpmdb.sqlite-wal beside it
  rpm_ndb,                 ///< Packages.db (SUSE)
  rpm_berkeley,            ///< Packages (rpm before 4.16)
  python_metadata,         ///< NAME.dist-info/METADATA
  python_record,           ///< NAME.dist-info/RECORD
  python_egg_info,         ///< NAME.egg-info/PKG-INFO or the file NAME.egg-info
  python_installed_files,  ///< NAME.egg-info/installed-files.txt
  python_top_level,        ///< top_level.txt of either
  npm_package,             ///< package.json at the root of a package in node_modules
  npm_hidden_lock,         ///< node_modules/.package-lock.json
  composer_installed,      ///< composer/installed.json
  gem_specification,       ///< specifications/[default/]FULL-NAME.gemspec
  gem_extension,           ///< extensions/PLATFORM/ABI/FULL-NAME/gem.build_complete
  conda_meta,              ///< conda-meta/NAME.json
  chisel_manifest,         ///< var/lib/chisel/manifest.wall
  jar,                     ///< *.jar, *.war, *.ear
};

/// The kind of the database file at `clean_path` (no leading "/"). Runs for every path of an image, so it decides by
/// the last bytes of the path before it looks at the rest. A file that merely has such a name is told by its reader.
[[nodiscard]] DatabaseKind classify_database(std::string_view clean_path);

/// True when the kind's mere presence is the fact and its content need not be captured.
[[nodiscard]] bool needs_no_content(DatabaseKind kind);

}  // namespace imgslim::packages
