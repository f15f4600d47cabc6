#include "report/waste_groups.h"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <tuple>

#include "core/path.h"
#include "report/escape.h"

namespace imgslim::report {
namespace {

using Key = std::tuple<std::uint32_t, std::uint32_t, std::string_view>;

/// The deepest directory that holds 9 of 10 bytes of the entries, found by walking down from the root.
void find_place(const std::vector<const ReportWaste*>& entries, WasteGroup& group) {
  if (entries.size() == 1) {
    group.path = entries.front()->path;
    return;
  }
  const auto needed = group.bytes - group.bytes / 10;
  std::uint64_t held = group.bytes;
  while (true) {
    std::map<std::string_view, std::uint64_t> below;
    for (const auto* entry : entries) {
      const std::string_view path(entry->path);
      if (!is_within(path, group.path) || path.size() == group.path.size()) continue;
      const auto slash = path.find('/', group.path.empty() ? 0 : group.path.size() + 1);
      if (slash != std::string_view::npos && slash > 0) below[path.substr(0, slash)] += entry->bytes;
    }
    const auto largest =
        std::max_element(below.begin(), below.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
    if (largest == below.end() || largest->second < needed) break;
    group.path = largest->first;
    held = largest->second;
  }
  group.holds_all = held == group.bytes;
}

WasteGroup summarize(const Key& key, const std::vector<const ReportWaste*>& entries) {
  WasteGroup group{
      .cause_layer = std::get<0>(key), .origin_layer = std::get<1>(key), .fate = std::string(std::get<2>(key))};
  std::set<std::string> attributes;
  for (const auto* entry : entries) {
    group.bytes += entry->bytes;
    attributes.insert(entry->attributes.begin(), entry->attributes.end());
  }
  group.entries = entries.size();
  group.attributes.assign(attributes.begin(), attributes.end());
  find_place(entries, group);
  return group;
}

}  // namespace

std::vector<WasteCause> group_waste(const Report& report) {
  std::map<Key, std::vector<const ReportWaste*>> entries;
  for (const auto& waste : report.waste)
    if (waste.bytes > 0) entries[{waste.cause_layer, waste.origin_layer, waste.fate}].push_back(&waste);
  std::vector<WasteCause> causes;
  for (const auto& [key, members] : entries) {
    auto group = summarize(key, members);
    if (causes.empty() || causes.back().layer != group.cause_layer) causes.push_back({.layer = group.cause_layer});
    causes.back().bytes += group.bytes;
    causes.back().groups.push_back(std::move(group));
  }
  const auto larger = [](const auto& a, const auto& b) { return a.bytes > b.bytes; };
  for (auto& cause : causes) std::stable_sort(cause.groups.begin(), cause.groups.end(), larger);
  std::stable_sort(causes.begin(), causes.end(), larger);
  return causes;
}

std::string describe_waste(const WasteGroup& group) {
  const auto origin = "layer " + std::to_string(std::uint64_t{group.origin_layer} + 1);
  if (group.fate == "metadata_only") {
    std::string differing;
    for (const auto& attribute : group.attributes) differing.append(differing.empty() ? "" : ", ").append(attribute);
    const auto reason = differing.empty() ? "only metadata differs" : "only " + escape_terminal(differing) + " differ";
    return "stores files of " + origin + " again, " + reason + (group.attributes.size() == 1 ? "s" : "");
  }
  if (group.fate == "identical") return "stores files of " + origin + " again, unchanged";
  if (group.fate == "overwritten") return "overwrites files of " + origin;
  if (group.fate == "deleted") return "deletes files of " + origin;
  if (group.fate == "deleted_by_opaque") return "hides files of " + origin + " behind an opaque directory";
  if (group.fate == "type_replaced") return "puts another kind of file over those of " + origin;
  if (group.fate == "shadowed_in_layer") return "holds the same path more than once";
  if (group.fate == "package_database") return "rewrites the package database of " + origin;
  return fate_words(group.fate) + ", " + origin;
}

std::string fate_words(const std::string& fate) {
  auto words = escape_terminal(fate);
  std::replace(words.begin(), words.end(), '_', ' ');
  return words;
}

}  // namespace imgslim::report
