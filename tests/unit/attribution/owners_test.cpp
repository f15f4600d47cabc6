#include <algorithm>
#include <numeric>

#include "attribution/directory_rows.h"
#include "attribution/package_owners.h"
#include "support/layer_fixture.h"

namespace imgslim::attribution {
namespace {

std::string status(const std::string& name) {
  return "Package: " + name + "\nStatus: install ok installed\nVersion: 1\nArchitecture: all\n\n";
}

/// A Debian root: x owns a library and, by its own metadata, a Python distribution.
std::vector<tree::LayerPtr> debian_layers() {
  test::LayerFixture base, top;
  base.directory("usr").directory("usr/lib").directory("usr/lib/python3").directory("usr/lib/python3/dist-packages");
  base.file("var/lib/dpkg/status", status("x") + status("y"));
  base.file(
      "var/lib/dpkg/info/x.list",
      "/.\n/usr\n/usr/lib\n/usr/lib/libx.so\n/usr/lib/gone\n/usr/lib/python3/dist-packages/x-1.dist-info/METADATA\n"
      "/usr/lib/python3/dist-packages/x-1.dist-info/RECORD\n/usr/lib/python3/dist-packages/x.py\n");
  base.file("var/lib/dpkg/info/y.list", "/.\n/usr\n/usr/lib\n/usr/lib/libx.so\n");
  base.file("usr/lib/libx.so", std::string(3000, 'x'));
  const std::string packages = "usr/lib/python3/dist-packages/";
  base.file(packages + "x-1.dist-info/METADATA", "Metadata-Version: 2.1\nName: x\nVersion: 1\n");
  base.file(packages + "x-1.dist-info/RECORD", "x.py,,\nx-1.dist-info/METADATA,,\nx-1.dist-info/RECORD,,\n");
  base.file(packages + "x.py", "import os\n");
  top.file("app/main", std::string(500, 'm'));
  return {base.done(), top.done()};
}

const OwnedPackage& package(const PackageOwners& owners, const std::string& manager, const std::string& name) {
  const auto found = std::find_if(owners.packages.begin(), owners.packages.end(),
                                  [&](const OwnedPackage& one) { return one.manager == manager && one.name == name; });
  REQUIRE(found != owners.packages.end());
  return *found;
}

TEST_CASE("packages, their databases and the rest partition the image's bytes") {
  const auto tree = tree::merge(debian_layers());
  const auto owners = find_owners(tree, Limits{});
  auto total = owners.databases;
  total += owners.unattributed;
  for (const auto& one : owners.packages) total += one.sum;
  const auto all = directory_rows(tree).front().total;
  CHECK(total.visible_bytes == all.visible_bytes);
  CHECK(total.stored_bytes == all.stored_bytes);
  CHECK(total.files == all.files);
  CHECK(owners.unattributed.visible_bytes == 500);
}

TEST_CASE("the first package to name a file owns it, and a missing file is nobody's") {
  const auto tree = tree::merge(debian_layers());
  const auto owners = find_owners(tree, Limits{});
  CHECK(package(owners, "deb", "x").sum.visible_bytes > 3000);
  CHECK(package(owners, "deb", "x").sum.files == 4);
  CHECK(package(owners, "deb", "y").sum.visible_bytes == 0);
  CHECK(package(owners, "deb", "x").layer == tree::LayerIndex{0});
}

TEST_CASE("what a deb ships is the deb's, though it states a Python distribution too") {
  const auto tree = tree::merge(debian_layers());
  const auto owners = find_owners(tree, Limits{});
  CHECK(package(owners, "pip", "x").sum.files == 0);
}

TEST_CASE("a deb's database bytes are those of its own files in dpkg's directory") {
  const auto tree = tree::merge(debian_layers());
  const auto owners = find_owners(tree, Limits{});
  const auto list = tree.resolve("var/lib/dpkg/info/y.list");
  CHECK(package(owners, "deb", "y").database_bytes == node_sum(tree, list, true).visible_bytes);
  CHECK(owners.databases.files == 3);
}

TEST_CASE("own bytes of directory rows sum to the image") {
  const auto rows = directory_rows(tree::merge(debian_layers()));
  REQUIRE(rows.front().path.empty());
  const auto own = std::accumulate(rows.begin(), rows.end(), std::uint64_t{0},
                                   [](auto sum, const DirectoryRow& row) { return sum + row.own_visible_bytes; });
  CHECK(own == rows.front().total.visible_bytes);
  CHECK(std::is_sorted(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.path < b.path; }));
}

TEST_CASE("a hard link's second name costs its header only") {
  test::LayerFixture layer;
  layer.file("a", std::string(100, 'a')).hardlink("b", "a");
  const auto tree = tree::merge({layer.done()});
  const auto root = directory_rows(tree).front();
  CHECK(root.total.visible_bytes == 100);
  CHECK(root.total.files == 2);
}

}  // namespace
}  // namespace imgslim::attribution
