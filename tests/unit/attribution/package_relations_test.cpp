#include "attribution/package_relations.h"

#include "support/layer_fixture.h"

namespace imgslim::attribution {
namespace {

const std::string status =
    "Package: app\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\nRecommends: extra\n\n"
    "Package: extra\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\n\n";

PackageRelations relations_of(tree::LayerPtr layer) {
  const auto tree = tree::merge({std::move(layer)});
  return find_relations(tree, find_owners(tree, Limits{}), Limits{});
}

TEST_CASE("relations of a Debian image name their packages' owners") {
  test::LayerFixture root;
  root.file("var/lib/dpkg/status", status);
  root.file("var/lib/apt/extended_states", "Package: extra\nArchitecture: amd64\nAuto-Installed: 1\n");
  const auto relations = relations_of(root.done());
  CHECK(relations.manager == "deb");
  CHECK(relations.knows_wanted);
  CHECK(relations.owners == std::vector<PackageIndex>{0, 1});
  CHECK(packages::find_only_recommended(relations.system) == std::vector<packages::DependencyGraph::Id>{1});
}

TEST_CASE("relations of an Alpine image come from its world") {
  test::LayerFixture root;
  root.file("lib/apk/db/installed", "P:app\nA:x86_64\nV:1\n\nP:left\nA:x86_64\nV:1\n\n");
  root.file("etc/apk/world", "app\n");
  const auto relations = relations_of(root.done());
  CHECK(relations.manager == "apk");
  CHECK(relations.knows_wanted);
  CHECK(packages::find_orphans(relations.system).size() == 1);
}

TEST_CASE("an image without a system package manager has locks alone, broken ones are noted") {
  test::LayerFixture root;
  root.file("app/node_modules/.package-lock.json", R"({"packages":{"node_modules/a":{"version":"1","dev":true}}})");
  root.file("app/vendor/composer/installed.json", "{");
  const auto relations = relations_of(root.done());
  CHECK(relations.manager.empty());
  CHECK_FALSE(relations.knows_wanted);
  REQUIRE(relations.locks.size() == 1);
  CHECK(relations.locks[0].packages.at(0).development);
  REQUIRE(relations.notes.size() == 1);
  CHECK(relations.notes[0].code == "package-database-unreadable");
}

}  // namespace
}  // namespace imgslim::attribution
