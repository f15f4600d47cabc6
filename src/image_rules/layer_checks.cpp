// What layers do to each other, out of the fates of their entries. A file that a later layer deletes or replaces would
// not be stored if the earlier instruction had not left it; a file that is stored again with the same content would not
// if the later instruction had not touched it. So the first kind claims the dead entry, the second the copy.
#include "image_rules/layer_checks.h"

#include <algorithm>
#include <map>

#include "attribution/content_class.h"
#include "core/path.h"
#include "image_rules/entry_finding.h"
#include "rules/matcher.h"
#include "tree/visit.h"

namespace imgslim::image_rules {
namespace {

using tree::EntryId;
using tree::Fate;
using tree::LayerIndex;

constexpr std::uint64_t least_bytes = 64 << 10;  // of a finding that is not told otherwise

/// Entries by the layer whose instruction is to be changed and the one that the change is about.
using Groups = std::map<std::pair<LayerIndex, LayerIndex>, std::vector<EntryId>>;

bool is_copy(const ImageFacts& image, LayerIndex layer) {
  const auto& kind = image.step_of(layer).kind;
  return kind == "COPY" || kind == "ADD";
}

/// Whether a RUN takes packages away again.
bool removes_packages(std::string_view run) {
  constexpr std::string_view words[] = {"apt-get purge",    "apt-get remove", "autoremove", "apk del",
                                        "apt-get -y purge", "dnf remove",     "yum remove"};
  return std::any_of(std::begin(words), std::end(words),
                     [&](std::string_view word) { return run.find(word) != std::string_view::npos; });
}

std::string layer_name(LayerIndex layer) { return "layer " + std::to_string(layer + 1); }

/// A finding of a group, when it is large enough; evidence is its entries, the largest first.
std::optional<ImageFinding> finding_of(const CheckContext& context, const Groups::value_type& group) {
  const auto& layers = group.first;
  if (group.second.empty()) return std::nullopt;
  auto finding = entry_finding(context.image, layers.first, group.second);
  if (layers.second != layers.first) finding.other_layer = layers.second;
  if (!is_large_enough(context, finding, least_bytes)) return std::nullopt;
  return finding;
}

/// One finding for each group.
std::vector<ImageFinding> findings_of(const CheckContext& context, const Groups& groups) {
  std::vector<ImageFinding> findings;
  for (const auto& group : groups)
    if (auto finding = finding_of(context, group)) findings.push_back(std::move(*finding));
  return findings;
}

/// Dead entries with content for which `wanted` holds, with their layer and the layer that ended them.
template <typename Wanted>
void for_each_dead(const ImageFacts& image, Wanted wanted) {
  tree::for_each_entry(image.tree(), [&](EntryId id, LayerIndex layer, const layer::Entry& entry) {
    const auto& fate = image.tree().fate(id);
    if (entry.content_bytes > 0 && fate.fate != Fate::visible && fate.fate != Fate::marker) wanted(id, layer, fate);
  });
}

bool is_deleted(Fate fate) { return fate == Fate::deleted || fate == Fate::deleted_by_opaque; }
bool is_stored_again(Fate fate) { return fate == Fate::metadata_only || fate == Fate::identical; }

/// The entry of a layer at a path, when it is what is seen there.
std::optional<EntryId> visible_copy(const ImageFacts& image, EntryId dead, LayerIndex layer) {
  const auto& tree = image.tree();
  const auto node = tree.find(tree.entry_path(dead));
  if (node == tree::Node::none) return std::nullopt;
  const auto entry = tree.node(node).entry;
  if (entry == tree::Node::implied || entry == tree::Node::dead || tree.layer_of(entry) != layer) return std::nullopt;
  return tree.inode_of(entry);
}

/// What every installation rewrites, often with what it held.
bool is_kept_by_package_managers(std::string_view path) {
  return attribution::is_package_database(path) || is_within(path, "var/cache/debconf");
}

/// Whose files are stored again.
enum class Origin : std::uint8_t { anybody, author, base };

/// Of files that `cause` stores again, what goes when it does not: its own copy, or where that is gone too, the entry.
Groups stored_again(const ImageFacts& image, bool by_copy, Origin origin) {
  Groups groups;
  for_each_dead(image, [&](EntryId id, LayerIndex layer, const tree::EntryFate& fate) {
    const LayerIndex cause = fate.cause_layer;
    if (!is_stored_again(fate.fate) || !image.is_mine(cause) || is_copy(image, cause) != by_copy) return;
    if (origin != Origin::anybody && image.is_mine(layer) != (origin == Origin::author)) return;
    const auto path = image.tree().entry_path(id);
    if (is_kept_by_package_managers(path)) return;
    groups[{cause, cause}].push_back(visible_copy(image, id, cause).value_or(id));
  });
  return groups;
}

/// A content of some size, for "the same bytes elsewhere".
using ContentKey = std::tuple<std::uint64_t, std::uint64_t, std::uint64_t>;
ContentKey content_key(const layer::Entry& entry) {
  return {entry.content.low, entry.content.high, entry.content_bytes};
}

}  // namespace

std::vector<ImageFinding> check_deleted(const CheckContext& context) {
  const auto& image = context.image;
  const auto kinds = context.words("kind");
  const auto kind = kinds.empty() ? std::string("other") : kinds.front();
  const rules::GlobSet caches(context.words("caches"));
  Groups groups;
  for_each_dead(image, [&](EntryId id, LayerIndex layer, const tree::EntryFate& fate) {
    if (!is_deleted(fate.fate) || !image.is_mine(layer)) return;
    const bool cache = !caches.matches(image.tree().entry_path(id)).empty();
    const auto found = is_copy(image, layer)                                    ? "copied"
                       : cache                                                  ? "cache"
                       : removes_packages(image.step_of(fate.cause_layer).text) ? "packages"
                                                                                : "other";
    if (found == kind) groups[{layer, fate.cause_layer}].push_back(id);
  });
  std::vector<ImageFinding> findings;
  for (const auto& group : groups) {
    auto finding = finding_of(context, group);
    if (!finding) continue;
    finding->advice = context.rule.info.fix + " (removed in " + layer_name(group.first.second) + ")";
    findings.push_back(std::move(*finding));
  }
  return findings;
}

std::vector<ImageFinding> check_overwritten(const CheckContext& context) {
  const auto& image = context.image;
  Groups groups;
  for_each_dead(image, [&](EntryId id, LayerIndex layer, const tree::EntryFate& fate) {
    const bool replaced = fate.fate == Fate::overwritten || fate.fate == Fate::type_replaced;
    if (replaced && image.is_mine(layer) && !attribution::is_package_database(image.tree().entry_path(id)))
      groups[{fate.cause_layer, layer}].push_back(id);
  });
  return findings_of(context, groups);
}

std::vector<ImageFinding> check_copied_up(const CheckContext& context) {
  auto findings = findings_of(context, stored_again(context.image, false, Origin::author));
  for (auto& finding : findings_of(context, stored_again(context.image, false, Origin::base))) {
    finding.advice = "Leave the base image's files as they are: a changed owner, mode or time stores them whole.";
    findings.push_back(std::move(finding));
  }
  return findings;
}

std::vector<ImageFinding> check_repeated(const CheckContext& context) {
  return findings_of(context, stored_again(context.image, true, Origin::anybody));
}

std::vector<ImageFinding> check_relocated(const CheckContext& context) {
  const auto& image = context.image;
  const auto& tree = image.tree();
  std::map<ContentKey, EntryId> sources;  // the lowest entry of the author's with that content
  Groups groups;
  tree::for_each_entry(tree, [&](EntryId id, LayerIndex layer, const layer::Entry& entry) {
    if (!image.is_mine(layer) || entry.content_bytes < least_bytes || entry.kind != layer::EntryKind::regular) return;
    const auto [source, is_first] = sources.emplace(content_key(entry), id);
    if (is_first || tree.fate(id).fate != Fate::visible || image.step_of(layer).kind != "RUN") return;
    const auto& before = tree.fate(source->second);
    const auto source_layer = tree.layer_of(source->second);
    if (source_layer == layer || is_stored_again(before.fate)) return;
    const bool moved = is_deleted(before.fate) && before.cause_layer == layer;
    if (moved || before.fate == Fate::visible) groups[{layer, source_layer}].push_back(moved ? source->second : id);
  });
  return findings_of(context, groups);
}

std::vector<ImageFinding> check_duplicates(const CheckContext& context) {
  const auto& image = context.image;
  const auto& tree = image.tree();
  const rules::GlobSet others(context.words("other_rules"));
  ImageFinding finding;
  for (const auto& group : image.duplicates) {
    if (group.bytes_each < least_bytes) continue;
    for (std::size_t at = 1; at < group.inodes.size(); ++at) {
      const auto inode = group.inodes[at];
      if (!image.is_mine(tree.layer_of(inode)) || !others.matches(tree.entry_path(inode)).empty()) continue;
      finding.claims.whole(tree, inode);
      finding.evidence.push_back({tree.entry_path(inode), group.bytes_each});
    }
  }
  rank_evidence(finding.evidence);
  if (finding.claims.empty()) return {};
  finding.layer = tree.layer_of(tree.inode_of(tree.node(tree.find(finding.evidence.front().path)).entry));
  return {std::move(finding)};
}

std::vector<ImageFinding> check_database_copies(const CheckContext& context) {
  const auto& image = context.image;
  Groups groups;
  for_each_dead(image, [&](EntryId id, LayerIndex layer, const tree::EntryFate& fate) {
    if (!is_deleted(fate.fate) && image.is_mine(layer) && fate.cause_layer != layer &&
        attribution::is_package_database(image.tree().entry_path(id)))
      groups.try_emplace({fate.cause_layer, layer});
  });
  // As one instruction the two store nothing twice, the database or other files.
  for_each_dead(image, [&](EntryId id, LayerIndex layer, const tree::EntryFate& fate) {
    if (const auto pair = groups.find({fate.cause_layer, layer}); pair != groups.end()) pair->second.push_back(id);
  });
  return findings_of(context, groups);
}

std::vector<ImageFinding> check_broken_links(const CheckContext& context) {
  const auto& image = context.image;
  std::map<std::pair<LayerIndex, EntryId>, std::vector<EntryId>> copies;  // by layer and the inode that it copies
  tree::for_each_entry(image.tree(), [&](EntryId id, LayerIndex, const layer::Entry&) {
    const auto& fate = image.tree().fate(id);
    if (!is_stored_again(fate.fate) || !image.is_mine(fate.cause_layer)) return;
    if (const auto copy = visible_copy(image, id, fate.cause_layer))
      copies[{fate.cause_layer, image.tree().inode_of(id)}].push_back(*copy);
  });
  Groups groups;
  for (auto& [key, inodes] : copies) {
    std::sort(inodes.begin(), inodes.end());
    inodes.erase(std::unique(inodes.begin(), inodes.end()), inodes.end());
    auto& group = groups[{key.first, key.first}];
    group.insert(group.end(), inodes.begin() + 1, inodes.end());
  }
  return findings_of(context, groups);
}

std::vector<ImageFinding> check_copied(const CheckContext& context) {
  const auto& image = context.image;
  const rules::GlobSet names(context.words("names"));
  Groups groups;
  tree::for_each_entry(image.tree(), [&](EntryId id, LayerIndex layer, const layer::Entry& entry) {
    if (!image.is_mine(layer) || !is_copy(image, layer) || entry.content_bytes == 0) return;
    if (!names.matches(image.tree().entry_path(id)).empty()) groups[{layer, layer}].push_back(id);
  });
  return findings_of(context, groups);
}

std::vector<ImageFinding> check_large_files(const CheckContext& context) {
  const auto& image = context.image;
  const auto& tree = image.tree();
  std::uint64_t all = 0;
  for (LayerIndex layer = 0; layer < tree.layer_count(); ++layer) all += tree.layer(layer).payload_bytes;
  std::vector<ImageFinding> findings;
  tree::for_each_entry(tree, [&](EntryId id, LayerIndex layer, const layer::Entry& entry) {
    constexpr std::uint64_t least = 1'000'000;
    if (tree.fate(id).fate != Fate::visible || entry.content_bytes < std::max(least, all / 10)) return;
    ImageFinding finding;
    finding.layer = layer;
    finding.path = tree.entry_path(id);
    finding.evidence.push_back({finding.path, entry.content_bytes});
    findings.push_back(std::move(finding));
  });
  return findings;
}

}  // namespace imgslim::image_rules
