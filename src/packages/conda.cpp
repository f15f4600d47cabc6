// conda, mamba and micromamba leave one JSON record per package in PREFIX/conda-meta (conda's docs, "prefix_records"):
// name, version, subdir, files (relative to PREFIX) and paths_data.paths with each file's size. "size" is that of the
// downloaded archive, so the installed size is the sum of size_in_bytes.
#include "packages/conda.h"

#include <utility>

#include "core/path.h"
#include "json/parse.h"
#include "packages/path_budget.h"

namespace imgslim::packages {
namespace {

std::uint64_t installed_bytes(const json::Value& record) {
  const auto& paths = json::member(json::member(record, "paths_data"), "paths");
  std::uint64_t total = 0;
  if (!paths.is_array()) return total;
  for (const auto& path : paths) {
    const auto bytes = json::unsigned_member(path, "size_in_bytes").value_or(0);
    if (bytes > UINT64_MAX - total) return 0;
    total += bytes;
  }
  return total;
}

}  // namespace

PackageSet read_conda(std::string_view path, std::string_view text, const Limits& limits) {
  PackageSet found;
  const auto record = json::parse(text, limits);
  Package package;
  if (record) package.name = json::string_member(*record, "name");
  if (package.name.empty()) {
    found.notes.push_back({"conda-record-unreadable", std::string(path),
                           record ? "the record has no name" : "the record: " + record.error().message});
    return found;
  }
  package.manager = "conda";
  package.version = json::string_member(*record, "version");
  package.architecture = json::string_member(*record, "subdir");
  package.declared_bytes = installed_bytes(*record);
  const auto prefix = parent_path(parent_path(path));
  PathBudget budget(text.size());
  for (const auto& file : json::strings_member(*record, "files")) {
    budget.add(package.files, clean_path(join_path(prefix, file)).text);
  }
  budget.add(package.files, std::string(path));
  budget.report(path, found.notes);
  found.packages.push_back(std::move(package));
  return found;
}

}  // namespace imgslim::packages
