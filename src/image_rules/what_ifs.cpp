#include "image_rules/what_ifs.h"

#include <set>

#include "image_rules/package_checks.h"
#include "tree/visit.h"

namespace imgslim::image_rules {
namespace {

using tree::EntryId;
using tree::Fate;

/// What is left of the image when only entries for which `stays` holds are stored.
template <typename Stays>
ClaimedBytes sum_of(const ImageFacts& image, Stays stays) {
  ClaimedBytes sum;
  tree::for_each_entry(image.tree(), [&](EntryId id, tree::LayerIndex layer, const layer::Entry& entry) {
    if (!stays(id, layer)) return;
    sum.bytes += entry.content_bytes;
    sum.compressed_bytes += entry.compressed_bytes;
  });
  return sum;
}

/// Inodes that the command's processes use, up to `possible`, with what else of the author's has to be there.
std::set<EntryId> needed_inodes(const ImageFacts& image, const Claims& superfluous) {
  std::set<EntryId> needed;
  for (const auto& file : image.closure.files) needed.insert(file.file);
  const auto& tree = image.tree();
  tree::for_each_visible(tree, [&](tree::NodeId node, bool) {
    const auto entry = tree.node(node).entry;
    if (entry == tree::Node::implied) return;
    const auto inode = tree.inode_of(entry);
    const bool is_own = image.is_mine(tree.layer_of(inode)) && image.owners.by_node[node] == attribution::no_package;
    if (is_own && !superfluous.has(inode)) needed.insert(inode);
  });
  return needed;
}

}  // namespace

std::vector<ReportWhatIf> what_ifs(const ImageFacts& image, const Claims& superfluous) {
  const auto& tree = image.tree();
  const auto now = sum_of(image, [](EntryId, tree::LayerIndex) { return true; });
  const auto is_seen = [&](EntryId id) { return tree.fate(id).fate == Fate::visible; };
  std::vector<ReportWhatIf> all;
  const auto offer = [&](const char* name, std::string description, ClaimedBytes then, const char* basis) {
    if (then.bytes + now.bytes / 100 < now.bytes)
      all.push_back({name, std::move(description), then.bytes, then.compressed_bytes, basis});
  };
  if (image.base.layers > 0)
    offer("flatten", "one layer above the base: every file once, the base still shared",
          sum_of(image, [&](EntryId id, tree::LayerIndex layer) { return !image.is_mine(layer) || is_seen(id); }),
          "measured");
  offer("squash", "one layer for all: every file once, nothing shared with other images",
        sum_of(image, [&](EntryId id, tree::LayerIndex) { return is_seen(id); }), "measured");
  if (closure_is_known(image)) {
    const auto needed = needed_inodes(image, superfluous);
    offer("second-stage",
          "an empty stage with what the command uses and what no package owns (imgslim libs --copy-from)",
          sum_of(image, [&](EntryId id, tree::LayerIndex) { return needed.contains(id); }), "estimated");
  }
  return all;
}

}  // namespace imgslim::image_rules
