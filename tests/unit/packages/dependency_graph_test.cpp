#include "packages/dependency_graph.h"

#include <fstream>
#include <random>
#include <set>
#include <sstream>

#include "packages/apk_relations.h"
#include "packages/control_fields.h"
#include "packages/debian_version.h"
#include "packages/dpkg_relations.h"
#include "support/catch.h"
#include "support/real_tools.h"

using namespace imgslim::packages;
using Names = std::vector<std::string>;

namespace {

std::string paragraph(const std::string& name, const std::string& fields, const std::string& version = "1") {
  return "Package: " + name + "\nStatus: install ok installed\nArchitecture: amd64\nVersion: " + version + "\n" +
         fields + "\n";
}

std::string automatic(const Names& names) {
  std::string text;
  for (const auto& name : names) text += "Package: " + name + "\nArchitecture: amd64\nAuto-Installed: 1\n\n";
  return text;
}

DependencyGraph graph_of(const std::string& status, const std::string& extended_states) {
  DpkgDatabase database;
  database.status = status;
  return read_dpkg_relations(database, extended_states);
}

Names names_of(const DependencyGraph& graph, const std::vector<DependencyGraph::Id>& ids) {
  Names names;
  for (const auto id : ids) names.push_back(graph.nodes[id].name);
  return names;
}

DependencyGraph::Id id_of(const DependencyGraph& graph, const std::string& name) {
  for (DependencyGraph::Id id = 0; id < graph.nodes.size(); ++id)
    if (graph.nodes[id].name == name) return id;
  FAIL("no package " << name);
  return 0;
}

/// app (wanted) depends on lib, recommends extra, suggests idea; extra depends on extra-data; left is an orphan.
DependencyGraph small_graph() {
  return graph_of(paragraph("app", "Depends: lib (>= 1), virtual | lib\nRecommends: extra\nSuggests: idea\n") +
                      paragraph("lib", "Provides: virtual\n") + paragraph("extra", "Depends: extra-data, lib\n") +
                      paragraph("extra-data", "") + paragraph("idea", "") + paragraph("left", "Depends: lib\n"),
                  automatic({"lib", "extra", "extra-data", "idea", "left"}));
}

}  // namespace

TEST_CASE("Debian versions are ordered as deb-version(7) has it") {
  const std::vector<std::string> ascending = {"1.0~~",    "1.0~~a", "1.0~",     "1.0",         "1.0-0.1", "1.0-1",
                                              "1.0-1+b1", "1.0a",   "1.0+dfsg", "1.0.1",       "1.2",     "1.10",
                                              "1.0100",   "2",      "1:0.5",    "1:0.5-1~bpo", "10:0"};
  for (std::size_t a = 0; a < ascending.size(); ++a)
    for (std::size_t b = 0; b < ascending.size(); ++b) {
      CAPTURE(ascending[a], ascending[b]);
      CHECK((compare_debian_versions(ascending[a], ascending[b]) < 0) == (a < b));
    }
  CHECK((compare_debian_versions("0:1.00-0", "1.0") == 0));
}

TEST_CASE("what only Recommends keeps, and what nothing keeps, is found") {
  const auto graph = small_graph();
  CHECK(names_of(graph, find_only_recommended(graph)) == Names{"extra", "extra-data"});
  CHECK(names_of(graph, find_orphans(graph)) == Names{"left"});
}

TEST_CASE("a removal takes dependents and what was there for their sake") {
  const auto graph = small_graph();
  CHECK(names_of(graph, find_dependents(graph, {id_of(graph, "extra-data")})) == Names{"extra", "extra-data"});
  CHECK(names_of(graph, find_removal(graph, {id_of(graph, "extra")})) == Names{"extra", "extra-data"});
  CHECK(names_of(graph, find_removal(graph, {id_of(graph, "app")})) == Names{"app", "lib", "extra", "extra-data"});
}

TEST_CASE("an alternative that is left keeps a package") {
  const auto graph = graph_of(paragraph("app", "Depends: a | b\n") + paragraph("a", "") + paragraph("b", ""), "");
  CHECK(names_of(graph, find_dependents(graph, {id_of(graph, "a")})) == Names{"a"});
  CHECK(names_of(graph, find_dependents(graph, {id_of(graph, "a"), id_of(graph, "b")})) == Names{"app", "a", "b"});
}

TEST_CASE("versions decide which package satisfies a relation") {
  const auto graph = graph_of(paragraph("app", "Depends: lib (<< 2), abi (= 3)\n") + paragraph("lib", "", "2") +
                                  paragraph("old", "Provides: lib (= 1)\n") +
                                  paragraph("three", "Provides: abi (= 3)\n") + paragraph("none", "Provides: abi\n"),
                              automatic({"lib", "old", "three", "none"}));
  CHECK(names_of(graph, find_orphans(graph)) == Names{"lib", "none"});
}

TEST_CASE("essential, required and held packages are wanted, removed ones are not there") {
  const auto states = automatic({"a", "b", "c", "d", "e"});
  const auto graph = graph_of(paragraph("a", "Essential: yes\n") + paragraph("b", "Priority: required\n") +
                                  "Package: c\nStatus: hold ok installed\nArchitecture: amd64\n\n" +
                                  "Package: d\nStatus: deinstall ok config-files\nArchitecture: amd64\n\n" +
                                  paragraph("e", "Protected: yes\n"),
                              states);
  CHECK(graph.nodes.size() == 4);
  CHECK(find_orphans(graph).empty());
}

TEST_CASE("without apt's record nothing is without need") {
  const auto graph = graph_of(paragraph("a", "Recommends: b\n") + paragraph("b", ""), "");
  CHECK(find_only_recommended(graph).empty());
  CHECK(find_orphans(graph).empty());
}

TEST_CASE("apk's world is what was asked for, and its words name what is provided") {
  const std::string installed =
      "P:app\nA:x86_64\nD:so:libx.so.1 !old tool>=2\n\nP:libx\nA:x86_64\np:so:libx.so.1=1.0.0\n\n"
      "P:tool\nA:x86_64\n\nP:.build\nA:noarch\nD:gcc\n\nP:gcc\nA:x86_64\n\n";
  const auto graph = read_apk_relations(installed, "app=1.2-r0 @edge\n.build=20240101\n");
  CHECK(find_orphans(graph).empty());
  CHECK(names_of(graph, find_removal(graph, {id_of(graph, ".build")})) == Names{".build", "gcc"});
  CHECK(names_of(graph, find_dependents(graph, {id_of(graph, "libx")})) == Names{"app", "libx"});
  CHECK(find_orphans(read_apk_relations(installed, "app")).size() == 2);
}

TEST_CASE("a name that all provide is bounded, and then nothing is said to be without need") {
  std::string status = paragraph("app", "");
  std::string wishes = "Depends: v (= 1)";
  for (int i = 0; i < 3000; ++i) {
    const auto number = std::to_string(i);
    status += paragraph("p" + number, "Provides: v (= 1)\n");
    wishes += ", v (>= 0." + number + ")";
  }
  status += paragraph("wishes", wishes + "\n");
  const auto graph = graph_of(status, automatic({"app"}));
  CHECK(graph.cut);
  CHECK(find_orphans(graph).empty());
}

namespace {

std::vector<std::string> differences(const std::set<std::string>& a, const std::set<std::string>& b) {
  std::vector<std::string> names;
  std::set_symmetric_difference(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(names));
  return names;
}

/// This machine's packages with a part of them marked as automatic, for apt and for us.
struct MarkedSystem {
  explicit MarkedSystem(unsigned seed) {
    std::mt19937 random(seed);
    const auto status = real_tools::file_text("/var/lib/dpkg/status");
    for (std::string_view text = status; !text.empty();) {
      const auto fields = ControlFields::take(text);
      // Of three packages two are automatic: what is wanted keeps much of the rest.
      if (fields.empty() || random() % 3 == 0) continue;
      const std::string architecture(fields.value("Architecture") == "all" ? "amd64" : fields.value("Architecture"));
      states += "Package: " + std::string(fields.value("Package")) + "\nArchitecture: " + architecture +
                "\nAuto-Installed: 1\n\n";
    }
    std::filesystem::create_directories(scratch.path() / "lists/partial");
    std::filesystem::create_directories(scratch.path() / "cache/archives/partial");
    std::ofstream(scratch.path() / "extended_states") << states;
    std::ofstream(scratch.path() / "status") << status;
    // What this machine's apt is told never to remove is not looked at.
    std::ofstream(scratch.path() / "apt.conf") << "Dir::Etc::Parts \"/nonexistent\";\n";
    database_text = status;
  }

  /// What apt would remove when it follows relations so far.
  [[nodiscard]] std::set<std::string> apt_removes(Follow follow) const {
    const auto root = scratch.path().string();
    const auto flag = [&](const char* name, bool on) {
      return std::string(" -o APT::AutoRemove::") + name + "=" + (on ? "true" : "false");
    };
    const auto output = real_tools::output_of(
        "APT_CONFIG=" + root + "/apt.conf apt-get -s autoremove -o Dir::State=" + root +
        " -o Dir::State::status=" + root + "/status -o Dir::State::lists=" + root + "/lists -o Dir::Cache=" + root +
        "/cache -o APT::Architecture=amd64" + flag("RecommendsImportant", follow >= Follow::recommends) +
        flag("SuggestsImportant", follow >= Follow::suggests) + " 2>/dev/null");
    REQUIRE(output);
    std::set<std::string> removed;
    std::istringstream lines(*output);
    for (std::string word, line; std::getline(lines, line);) {
      std::istringstream words(line);
      if (words >> word && word == "Remv" && words >> word) removed.insert(word.substr(0, word.find(':')));
    }
    return removed;
  }

  [[nodiscard]] std::set<std::string> we_remove(Follow follow) const {
    DpkgDatabase database;
    database.status = database_text;
    const auto graph = read_dpkg_relations(database, states);
    const auto kept = find_kept(graph, follow);
    std::set<std::string> removed;
    for (DependencyGraph::Id id = 0; id < graph.nodes.size(); ++id)
      if (!kept[id]) removed.insert(graph.nodes[id].name);
    return removed;
  }

  real_tools::ScratchDirectory scratch;
  std::string states, database_text;
};

}  // namespace

TEST_CASE("what is without need is what apt's autoremove removes") {
  if (!real_tools::has_program("apt-get") || real_tools::file_text("/var/lib/dpkg/status").empty())
    IMGSLIM_SKIP("no apt here");
  for (const unsigned seed : {1u, 2u, 3u}) {
    const MarkedSystem system(seed);
    for (const auto follow : {Follow::depends, Follow::recommends, Follow::suggests}) {
      CAPTURE(seed, static_cast<int>(follow));
      const auto expected = system.apt_removes(follow);
      CHECK(!expected.empty());
      CHECK(differences(system.we_remove(follow), expected) == Names{});
    }
  }
}
