// Hostile databases of who needs whom: dpkg's status with apt's record, apk's with its world, and lock files.
#include "core/check.h"
#include "core/path.h"
#include "fuzz/package_checks.h"
#include "packages/apk_relations.h"
#include "packages/bundler.h"
#include "packages/debian_version.h"
#include "packages/dpkg_relations.h"
#include "packages/locked_packages.h"

using namespace imgslim::packages;

namespace {

void check_graph(const DependencyGraph& graph) {
  for (const auto& node : graph.nodes)
    for (const auto* wishes : {&node.depends, &node.recommends, &node.suggests})
      for (const auto choice : *wishes) IMGSLIM_CHECK(choice < graph.choices.size());
  const auto orphans = find_orphans(graph).size();
  IMGSLIM_CHECK(orphans + find_only_recommended(graph).size() <= graph.nodes.size());
  if (graph.nodes.empty()) return;
  const auto dependents = find_dependents(graph, {0});
  IMGSLIM_CHECK(!dependents.empty() && dependents.front() == 0);
  IMGSLIM_CHECK(find_removal(graph, {0}).size() >= dependents.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto text = text_of(data, size);
  const auto first = take_part(text);
  DpkgDatabase database;
  database.status = first;
  check_graph(read_dpkg_relations(database, text));
  check_graph(read_apk_relations(first, text));
  IMGSLIM_CHECK((compare_debian_versions(first, text) < 0) == (compare_debian_versions(text, first) > 0));
  for (const auto read : {read_npm_lock, read_composer_installed})
    if (const auto packages = read("app/vendor/composer/installed.json", first, {}))
      for (const auto& package : *packages)
        IMGSLIM_CHECK(imgslim::clean_path(package.directory).text == package.directory);
  IMGSLIM_CHECK(read_bundler_lock(first, text).size() <= text.size());
  return 0;
}
