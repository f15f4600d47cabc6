#include "attribution/installed_packages.h"

#include <map>
#include <string>

#include "attribution/database_texts.h"
#include "core/notes.h"
#include "core/path.h"
#include "packages/apk.h"
#include "packages/chisel.h"
#include "packages/conda.h"
#include "packages/dpkg.h"
#include "packages/gem.h"
#include "packages/npm.h"
#include "packages/python.h"
#include "packages/rpm.h"

namespace imgslim::attribution {
namespace {

using packages::DatabaseKind;
using packages::PackageSet;

class Collector {
 public:
  Collector(const tree::MergedTree& tree, const Limits& limits) : limits_(limits), texts_(tree) {
    for (tree::LayerIndex index = 0; index < tree.layer_count(); ++index) {
      for (const auto& embedded : tree.layer(index).packages) {
        const auto id = tree.id_of(index, embedded.entry);
        if (tree.fate(id).fate == tree::Fate::visible) embedded_[tree.entry_path(id)] = &embedded.set;
      }
    }
  }

  PackageSet run() && {
    add(packages::read_dpkg(texts_.dpkg()));
    for (const auto& [path, text] : texts_.of(DatabaseKind::apk_installed)) add(packages::read_apk(text));
    add_embedded("rpm");
    for (const auto kind : {DatabaseKind::rpm_ndb, DatabaseKind::rpm_berkeley})
      for (const auto& [path, text] : texts_.of(kind)) notes_.add_all({packages::unread_rpm_database(path)});
    for (const auto& [path, text] : texts_.of(DatabaseKind::chisel_manifest))
      add(packages::read_chisel(text, limits_), path);
    for (const auto& [path, text] : texts_.of(DatabaseKind::conda_meta)) add(packages::read_conda(path, text, limits_));
    add_gems();
    add_python();
    for (const auto& [path, text] : texts_.of(DatabaseKind::npm_package)) add(packages::read_npm(path, text, limits_));
    add_embedded("jar");
    add_embedded("go");
    result_.notes = notes_.take();
    return std::move(result_);
  }

 private:
  void add(PackageSet set) {
    for (auto& package : set.packages) result_.packages.push_back(std::move(package));
    notes_.add_all(std::move(set.notes));
  }

  void add(Result<PackageSet> set, const std::string& path) {
    if (set)
      add(std::move(*set));
    else
      notes_.add("package-database-unreadable", path, set.error().message);
  }

  void add_gems() {
    std::vector<std::string_view> markers;
    for (const auto& [path, text] : texts_.of(DatabaseKind::gem_extension)) markers.push_back(path);
    const packages::GemExtensions extensions(markers);
    for (const auto& [path, text] : texts_.of(DatabaseKind::gem_specification))
      add(packages::read_gem(path, text, extensions));
  }

  void add_python() {
    for (const auto kind : {DatabaseKind::python_metadata, DatabaseKind::python_egg_info}) {
      for (const auto& [path, text] : texts_.of(kind)) {
        const auto folder = parent_path(path);
        const auto beside = [&](DatabaseKind other, const char* name) -> std::optional<std::string_view> {
          const auto found = texts_.of(other).find(join_path(folder, name));
          if (found == texts_.of(other).end()) return std::nullopt;
          return found->second;
        };
        add(packages::read_python({path, text, beside(DatabaseKind::python_record, "RECORD"),
                                   beside(DatabaseKind::python_installed_files, "installed-files.txt"),
                                   beside(DatabaseKind::python_top_level, "top_level.txt")}));
      }
    }
  }

  void add_embedded(std::string_view manager) {
    for (const auto& [path, set] : embedded_) {
      const bool wanted = !set->packages.empty() && set->packages.front().manager == manager;
      if (wanted) add(*set);
    }
  }

  const Limits& limits_;
  DatabaseTexts texts_;
  std::map<std::string, const PackageSet*> embedded_;
  PackageSet result_;
  NoteList notes_;
};

}  // namespace

PackageSet installed_packages(const tree::MergedTree& tree, const Limits& limits) {
  return Collector(tree, limits).run();
}

}  // namespace imgslim::attribution
