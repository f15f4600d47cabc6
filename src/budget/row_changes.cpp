#include <set>
#include <tuple>

#include "budget/changed_rows.h"
#include "budget/comparison_parts.h"

namespace imgslim::budget {
namespace {

using PackageKey = std::tuple<std::string, std::string, std::string>;
using Packages = std::map<PackageKey, Seen<DiffPackage>>;
using Versions = std::map<PackageKey, std::set<std::string>>;

/// Architectures tell two packages apart only in images of one platform.
PackageKey key_of(const ReportPackage& package, bool same_platform) {
  return {package.manager, package.name, same_platform ? package.architecture : std::string()};
}

std::string joined(const std::set<std::string>& words) {
  std::string out;
  for (const auto& word : words) out.append(out.empty() ? "" : ", ").append(word);
  return out;
}

void add_before(Packages& packages, const Report& report, bool same_platform) {
  Versions versions;
  for (const auto& package : report.packages) {
    const auto key = key_of(package, same_platform);
    auto& entry = packages[key];
    if (!entry.before) entry.row.layer_before = package.layer;  // the largest comes first
    entry.before = true;
    entry.row.visible_bytes.before += package.visible_bytes;
    entry.row.compressed_bytes.before += package.compressed_bytes;
    entry.row.files.before += package.files;
    if (!package.version.empty()) versions[key].insert(package.version);
  }
  for (const auto& [key, words] : versions) packages[key].row.version_before = joined(words);
}

void turn_round(DiffPackage& row) {
  std::swap(row.version_before, row.version_after);
  std::swap(row.layer_before, row.layer_after);
  for (auto* number : {&row.visible_bytes, &row.compressed_bytes, &row.files}) std::swap(number->before, number->after);
}

/// The same for the other side.
void add_after(Packages& packages, const Report& report, bool same_platform) {
  Packages own;
  add_before(own, report, same_platform);
  for (auto& [key, entry] : own) {
    auto& both = packages[key];
    turn_round(entry.row);
    both.after = true;
    both.row.version_after = std::move(entry.row.version_after);
    both.row.layer_after = entry.row.layer_after;
    both.row.visible_bytes.after = entry.row.visible_bytes.after;
    both.row.compressed_bytes.after = entry.row.compressed_bytes.after;
    both.row.files.after = entry.row.files.after;
  }
}

const char* kind_of_change(const Seen<DiffPackage>& entry) {
  return change_of(entry, entry.row.version_before != entry.row.version_after ? "version" : "size");
}

DiffPackage package_rest(const Sides& sides) {
  DiffPackage rest;
  rest.change = "size";
  rest.name = rest_name;
  rest.visible_bytes = {sides.base.totals.visible_bytes, sides.head.totals.visible_bytes};
  rest.compressed_bytes = {sides.base.totals.visible_compressed_bytes, sides.head.totals.visible_compressed_bytes};
  rest.files = {sides.base.totals.files, sides.head.totals.files};
  return rest;
}

CutSides cut_sides(const Sides& sides, const char* section, bool none_before, bool none_after) {
  return {is_cut(sides.base, section, none_before, sides.base.totals.visible_bytes),
          is_cut(sides.head, section, none_after, sides.head.totals.visible_bytes)};
}

}  // namespace

std::vector<DiffPackage> package_changes(const Sides& sides) {
  const bool same_platform = sides.base.image.platform == sides.head.image.platform;
  Packages packages;
  add_before(packages, sides.base, same_platform);
  add_after(packages, sides.head, same_platform);
  const auto cut = cut_sides(sides, "packages", sides.base.packages.empty(), sides.head.packages.empty());
  auto rest = package_rest(sides);
  std::vector<DiffPackage> rows;
  for (auto& [key, entry] : packages) {
    if (cut.doubt(entry)) continue;
    auto& row = entry.row;
    std::tie(row.manager, row.name, row.architecture) = key;
    row.change = kind_of_change(entry);
    take_off(rest.visible_bytes, row.visible_bytes);
    take_off(rest.compressed_bytes, row.compressed_bytes);
    take_off(rest.files, row.files);
    if (row.change != "size" || row.visible_bytes.change() != 0) rows.push_back(std::move(row));
  }
  sort_by_change(rows, &DiffPackage::visible_bytes);
  if (rest.visible_bytes.change() != 0) rows.push_back(std::move(rest));
  return rows;
}

std::vector<DiffClass> class_changes(const Sides& sides) {
  std::map<std::string, Seen<DiffClass>> classes;
  for (const auto& row : sides.base.classes) {
    auto& entry = classes[row.name];
    entry.before = true;
    entry.row.visible_bytes.before += row.visible_bytes;
    entry.row.wasted_bytes.before += row.wasted_bytes;
  }
  for (const auto& row : sides.head.classes) {
    auto& entry = classes[row.name];
    entry.after = true;
    entry.row.visible_bytes.after += row.visible_bytes;
    entry.row.wasted_bytes.after += row.wasted_bytes;
  }
  const auto cut = cut_sides(sides, "classes", sides.base.classes.empty(), sides.head.classes.empty());
  DiffClass rest{rest_name,
                 {sides.base.totals.visible_bytes, sides.head.totals.visible_bytes},
                 {sides.base.totals.wasted_bytes, sides.head.totals.wasted_bytes}};
  std::vector<DiffClass> rows;
  for (auto& [name, entry] : classes) {
    if (cut.doubt(entry)) continue;
    entry.row.name = name;
    take_off(rest.visible_bytes, entry.row.visible_bytes);
    take_off(rest.wasted_bytes, entry.row.wasted_bytes);
    if (entry.row.visible_bytes.change() != 0 || entry.row.wasted_bytes.change() != 0)
      rows.push_back(std::move(entry.row));
  }
  sort_by_change(rows, &DiffClass::visible_bytes);
  if (rest.visible_bytes.change() != 0 || rest.wasted_bytes.change() != 0) rows.push_back(std::move(rest));
  return rows;
}

std::vector<ReportFinding> findings_only_in(const std::vector<ReportFinding>& report,
                                            const std::vector<ReportFinding>& other) {
  using Key = std::tuple<std::string, std::optional<std::string>, std::optional<std::string>>;
  const auto key_of = [](const ReportFinding& finding) {
    return Key{finding.rule, finding.location.path, finding.location.file};
  };
  std::map<Key, std::uint64_t> there;
  for (const auto& finding : other) ++there[key_of(finding)];
  std::vector<ReportFinding> only;
  for (const auto& finding : report) {
    auto& left = there[key_of(finding)];
    if (left > 0)
      --left;
    else
      only.push_back(finding);
  }
  return only;
}

}  // namespace imgslim::budget
