#include "packages/dpkg.h"

#include <map>
#include <set>

#include "note_codes.h"
#include "support/catch.h"
#include "support/real_tools.h"

using namespace imgslim::packages;
using Files = std::vector<std::string>;

TEST_CASE("a status paragraph and its list make a package") {
  DpkgDatabase database;
  database.status =
      "Package: bash\nStatus: install ok installed\nInstalled-Size: 7164\nArchitecture: amd64\nVersion: 5.2.15-2+b2\n"
      "Description: shell\n more\n .\n Package: not a field\n\n"
      "Package: gone\nStatus: deinstall ok not-installed\nVersion: 1\nArchitecture: all\n";
  database.info["bash.list"] = "/.\n/bin\n/bin/bash\n/etc/skel/.bashrc\n";
  const auto set = read_dpkg(database);
  REQUIRE(set.packages.size() == 1);
  const auto& bash = set.packages[0];
  CHECK(bash.manager == "deb");
  CHECK(bash.name == "bash");
  CHECK(bash.version == "5.2.15-2+b2");
  CHECK(bash.architecture == "amd64");
  CHECK(bash.source.empty());
  CHECK(bash.declared_bytes == 7164u * 1024);
  CHECK(bash.files == Files{"bin", "bin/bash", "etc/skel/.bashrc"});
  CHECK(set.notes.empty());
}

TEST_CASE("the list of the package's own architecture is taken") {
  DpkgDatabase database;
  database.status =
      "Package: libc6\nStatus: install ok installed\nSource: glibc\nArchitecture: amd64\n\n"
      "Package: libc6\nStatus: install ok installed\nSource: glibc (2.36-9)\nArchitecture: i386\n";
  database.info["libc6:amd64.list"] = "/lib/x86_64-linux-gnu/libc.so.6\n";
  database.info["libc6:i386.list"] = "/lib/i386-linux-gnu/libc.so.6\n";
  const auto set = read_dpkg(database);
  REQUIRE(set.packages.size() == 2);
  CHECK(set.packages[0].files == Files{"lib/x86_64-linux-gnu/libc.so.6"});
  CHECK(set.packages[1].files == Files{"lib/i386-linux-gnu/libc.so.6"});
  CHECK(set.packages[0].source == "glibc");
  CHECK(set.packages[1].source == "glibc");
}

TEST_CASE("without a list md5sums and conffiles stand in, escapes undone") {
  DpkgDatabase database;
  database.status = "Package: a\nStatus: install ok installed\nArchitecture: all\n";
  database.info["a.md5sums"] =
      "d41d8cd98f00b204e9800998ecf8427e  usr/bin/a\n"
      "\\d41d8cd98f00b204e9800998ecf8427e  lib/systemd/a\\\\x2db.service\n"
      "d41d8cd98f00b204e9800998ecf8427e  usr/share/a b\n";
  database.info["a.conffiles"] = "/etc/a.conf\nremove-on-upgrade /etc/a.old\n";
  const auto set = read_dpkg(database);
  REQUIRE(set.packages.size() == 1);
  CHECK(set.packages[0].files == Files{"usr/bin/a", "lib/systemd/a\\x2db.service", "usr/share/a b", "etc/a.conf"});
  CHECK(note_codes(set) == Files{"dpkg-no-file-list"});
}

TEST_CASE("the Conffiles field stands in for a missing conffiles file") {
  DpkgDatabase database;
  database.status = "Package: a\nStatus: deinstall ok config-files\nConffiles:\n /etc/a 11 obsolete\n /etc/b 22\n";
  const auto set = read_dpkg(database);
  REQUIRE(set.packages.size() == 1);
  CHECK(set.packages[0].files == Files{"etc/a", "etc/b"});
  CHECK(note_codes(set) == Files{"dpkg-removed-not-purged", "dpkg-no-file-list"});
}

TEST_CASE("a diverted path is moved for every package but the diverter") {
  DpkgDatabase database;
  database.status =
      "Package: dash\nStatus: install ok installed\n\nPackage: bash\nStatus: install ok installed\n\n"
      "Package: perf\nStatus: install ok installed\n";
  database.info["dash.list"] = "/bin/sh\n/etc/local\n";
  database.info["bash.list"] = "/bin/sh\n";
  database.info["perf.list"] = "/etc/local\n";
  database.diversions = "/bin/sh\n/bin/sh.distrib\ndash\n/etc/local\n/etc/local.moved\n:\n";
  const auto set = read_dpkg(database);
  REQUIRE(set.packages.size() == 3);
  CHECK(set.packages[0].files == Files{"bin/sh", "etc/local.moved"});
  CHECK(set.packages[1].files == Files{"bin/sh.distrib"});
  CHECK(set.packages[2].files == Files{"etc/local.moved"});
}

TEST_CASE("distroless packages come from status.d") {
  DpkgDatabase database;
  database.status_d["base"] = "Package: base-files\nVersion: 12.4\nArchitecture: amd64\nInstalled-Size: 341\n";
  database.status_d["base.md5sums"] = "d41d8cd98f00b204e9800998ecf8427e  etc/debian_version\n";
  database.status_d["tzdata"] = "Package: tzdata\nVersion: 2024a\n";
  database.status_d["empty"] = "";
  const auto set = read_dpkg(database);
  REQUIRE(set.packages.size() == 2);
  CHECK(set.packages[0].name == "base-files");
  CHECK(set.packages[0].files == Files{"etc/debian_version"});
  CHECK(set.packages[1].name == "tzdata");
  CHECK(note_codes(set) == Files{"dpkg-paragraph-unnamed", "dpkg-no-file-list"});
}

TEST_CASE("broken parts of a dpkg database are noted and the rest is read") {
  DpkgDatabase database;
  database.status =
      "Status: install ok installed\n\nPackage: a\nStatus: install ok installed\nInstalled-Size: 99999999999999999999\n"
      "\nPackage: a\nStatus: install ok installed\nVersion: 2\nInstalled-Size: 18446744073709551615\n";
  database.info["a.list"] = "relative\n/../../etc/passwd\n\n/ok\n";
  database.diversions = "/one\n/two\n";
  const auto set = read_dpkg(database);
  REQUIRE(set.packages.size() == 1);
  CHECK(set.packages[0].version == "2");
  CHECK(set.packages[0].declared_bytes == 0);
  CHECK(set.packages[0].files == Files{"etc/passwd", "ok"});
  CHECK(note_codes(set) == Files{"dpkg-diversions-unreadable", "dpkg-paragraph-unnamed", "dpkg-duplicate-package"});
}

namespace {

/// The database of the machine that runs the test.
struct MachineDatabase {
  std::map<std::string, std::string> texts;
  std::string status, diversions;
  DpkgDatabase database;

  MachineDatabase() {
    const std::filesystem::path root = "/var/lib/dpkg";
    status = real_tools::file_text(root / "status");
    diversions = real_tools::file_text(root / "diversions");
    for (const auto& entry : std::filesystem::directory_iterator(root / "info")) {
      const auto extension = entry.path().extension();
      if (extension != ".list" && extension != ".md5sums" && extension != ".conffiles") continue;
      texts[entry.path().filename().string()] = real_tools::file_text(entry.path());
    }
    database.status = status;
    database.diversions = diversions;
    for (const auto& [name, text] : texts) database.info[name] = text;
  }
};

std::string name_of(const Package& package) { return package.name + ':' + package.architecture; }

/// What `dpkg -L` says, its words on diversions applied.
Files parse_listing(const Files& lines) {
  constexpr std::string_view by = "diverted by ", locally = "locally diverted to: ", diverter = "package diverts ";
  Files files;
  for (const auto& line : lines) {
    if (line == "/.") continue;
    if (line.starts_with(diverter)) continue;
    if (line.starts_with(by)) {
      files.back() = line.substr(line.find(" to: ") + 6);
    } else if (line.starts_with(locally)) {
      files.back() = line.substr(locally.size() + 1);
    } else if (line.starts_with('/')) {
      files.push_back(line.substr(1));
    }
  }
  return real_tools::sorted(files);
}

}  // namespace

TEST_CASE("packages and owned files of this machine are those dpkg states") {
  const auto query = real_tools::output_of(
      "dpkg-query -W -f '${Package}:${Architecture} ${Version} ${Installed-Size} ${db:Status-Status}\\n' 2>/dev/null");
  if (!query || query->empty()) IMGSLIM_SKIP("no dpkg on this machine");
  const MachineDatabase machine;
  const auto set = read_dpkg(machine.database);

  Files ours;
  for (const auto& package : set.packages) {
    ours.push_back(name_of(package) + ' ' + package.version + ' ' + std::to_string(package.declared_bytes / 1024));
  }
  Files theirs;
  for (const auto& line : real_tools::lines_of(*query)) {
    if (line.ends_with(" installed")) theirs.push_back(line.substr(0, line.rfind(' ')));
  }
  CHECK(ours.size() > 50);
  CHECK(real_tools::sorted(ours) == real_tools::sorted(theirs));

  std::size_t files = 0;
  for (std::size_t i = 0; i < set.packages.size(); i += 7) {
    const auto& package = set.packages[i];
    CAPTURE(name_of(package));
    const auto listing = real_tools::output_of("LC_ALL=C dpkg -L " + name_of(package));
    REQUIRE(listing);
    const auto expected = parse_listing(real_tools::lines_of(*listing));
    CHECK((real_tools::sorted(package.files) == expected));
    files += expected.size();
  }
  WARN(set.packages.size() << " packages, " << files << " paths held against dpkg -L");
}

TEST_CASE("diverted files of this machine have the owner dpkg names") {
  const auto diverted = real_tools::output_of("dpkg-divert --list 2>/dev/null");
  if (!diverted || diverted->empty()) IMGSLIM_SKIP("no diversions on this machine");
  const MachineDatabase machine;
  std::map<std::string, std::set<std::string>> owners;
  for (const auto& package : read_dpkg(machine.database).packages) {
    for (const auto& file : package.files) owners[file].insert(package.name);
  }
  const auto lines = real_tools::lines_of(machine.diversions);
  for (std::size_t i = 0; i + 2 < lines.size(); i += 3) {
    const auto from = lines[i].substr(1);
    CAPTURE(from, lines[i + 2]);
    for (const auto& owner : owners[from]) CHECK(owner == lines[i + 2]);
  }
}
