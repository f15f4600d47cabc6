#include "image_rules/what_ifs.h"

#include <algorithm>
#include <set>

#include "core/byte_format.h"
#include "core/path.h"
#include "image_rules/package_checks.h"
#include "image_rules/suggestions.h"
#include "memory/bytecode.h"
#include "memory/runtime_heap.h"
#include "tree/visit.h"

namespace imgslim::image_rules {
namespace {

using tree::EntryId;
using tree::Fate;
using tree::LayerIndex;

constexpr std::size_t most_merges = 3;

/// What the entries are together for which `counts` holds.
template <typename Counts>
ClaimedBytes sum_of(const ImageFacts& image, Counts counts) {
  ClaimedBytes sum;
  tree::for_each_entry(image.tree(), [&](EntryId id, LayerIndex layer, const layer::Entry& entry) {
    if (!counts(id, layer)) return;
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

/// Layers that would store less as one.
struct Merge {
  LayerIndex first = 0, last = 0;
  ClaimedBytes saved;
};

/// Per layer the last of the RUNs that follow on it with no other instruction between them: itself when there is none,
/// or when it is no RUN of the author's.
std::vector<LayerIndex> last_of_runs(const ImageFacts& image) {
  std::vector<LayerIndex> last(image.tree().layer_count());
  for (auto layer = image.tree().layer_count(); layer-- > 0;) {
    last[layer] = layer;
    const bool follows = layer + 1 < last.size() && image.is_mine(layer) && image.step_of(layer).kind == "RUN" &&
                         image.step_of(layer + 1).kind == "RUN" &&
                         image.instructions.step_of_layer[layer] + 1 == image.instructions.step_of_layer[layer + 1];
    if (follows) last[layer] = last[layer + 1];
  }
  return last;
}

/// Each group of RUNs in a row of which one undoes or stores again what another stores, without those at its ends that
/// change nothing; the largest first.
std::vector<Merge> find_merges(const ImageFacts& image) {
  const auto& tree = image.tree();
  const auto last = last_of_runs(image);
  std::vector<Merge> to(tree.layer_count());  // per layer that stores what another one kills
  tree::for_each_entry(tree, [&](EntryId id, LayerIndex layer, const layer::Entry& entry) {
    const auto& fate = tree.fate(id);
    if (fate.fate == Fate::visible || entry.content_bytes == 0) return;
    if (fate.cause_layer <= layer || fate.cause_layer > last[layer]) return;
    to[layer].last = std::max<LayerIndex>(to[layer].last, fate.cause_layer);
    to[layer].saved.bytes += entry.content_bytes;
    to[layer].saved.compressed_bytes += entry.compressed_bytes;
  });
  std::vector<Merge> merges;
  for (LayerIndex layer = 0; layer < to.size(); ++layer) {
    if (to[layer].saved.bytes == 0) continue;
    if (merges.empty() || merges.back().last < layer) merges.push_back({layer, layer, {}});
    auto& merge = merges.back();
    merge.last = std::max(merge.last, to[layer].last);
    merge.saved.bytes += to[layer].saved.bytes;
    merge.saved.compressed_bytes += to[layer].saved.compressed_bytes;
  }
  std::stable_sort(merges.begin(), merges.end(),
                   [](const Merge& a, const Merge& b) { return a.saved.bytes > b.saved.bytes; });
  if (merges.size() > most_merges) merges.resize(most_merges);
  return merges;
}

std::string words_of(const ImageFacts& image, const Merge& merge) {
  const bool pair = merge.first + 1 == merge.last;
  auto text = std::string("one RUN in place of those of layers ") + std::to_string(merge.first + 1) +
              (pair ? " and " : " to ") + std::to_string(merge.last + 1);
  const auto &first = image.step_of(merge.first).lines, &last = image.step_of(merge.last).lines;
  if (first && last)
    text += " (lines " + std::to_string(first->start_line) + " to " + std::to_string(last->end_line) + ")";
  return text;
}

/// The author's compiled Python modules that stand beside a source.
ClaimedBytes sum_of_bytecode(const ImageFacts& image) {
  const auto& tree = image.tree();
  ClaimedBytes sum;
  for (auto layer = image.base.layers; layer < tree.layer_count(); ++layer)
    for (const auto& file : tree.layer(layer).bytecode) {
      const auto id = tree.id_of(layer, file.entry);
      if (base_name(tree.home(id).directory(tree.entry(id))) != "__pycache__") continue;
      sum.bytes += tree.entry(id).content_bytes;
      sum.compressed_bytes += tree.entry(id).compressed_bytes;
    }
  return sum;
}

/// What the processes that stay would hold more of their own if they had to compile what they import.
std::uint64_t memory_without_bytecode(const ImageFacts& image) {
  std::uint64_t bytes = 0;
  if (!image.startup) return bytes;
  for (const auto& process : image.startup->processes) {
    const auto state = memory::bytecode_state(image.closure, process.process, image.files);
    const auto then = memory::compiling_memory(state.module_bytes, image.closure.processes[process.process].runtime,
                                               memory::built_in_coefficients());
    bytes += then - std::min(then, process.bytecode_bytes);
  }
  return bytes;
}

/// Gathers the ways that are worth it.
class Offers {
 public:
  explicit Offers(const ImageFacts& image)
      : image_(image), now_(sum_of(image, [](EntryId, LayerIndex) { return true; })) {}

  void add(ReportWhatIf way, ClaimedBytes then) {
    if (then.bytes + now_.bytes / 100 >= now_.bytes) return;
    way.payload_bytes = then.bytes;
    way.compressed_bytes = then.compressed_bytes;
    all_.push_back(std::move(way));
  }
  void add_less(ReportWhatIf way, ClaimedBytes saved) {
    add(std::move(way), {now_.bytes - saved.bytes, now_.compressed_bytes - saved.compressed_bytes});
  }

  void add_merges() {
    for (const auto& merge : find_merges(image_)) {
      ReportWhatIf way{.name = "merge-layers", .description = words_of(image_, merge)};
      way.layers = {merge.first, merge.last};
      add_less(std::move(way), merge.saved);
    }
  }

  void add_flat() {
    const auto& tree = image_.tree();
    const auto is_seen = [&](EntryId id) { return tree.fate(id).fate == Fate::visible; };
    if (image_.base.layers > 0)
      add({.name = "flatten", .description = "one layer above the base: every file once, the base still shared"},
          sum_of(image_, [&](EntryId id, LayerIndex layer) { return !image_.is_mine(layer) || is_seen(id); }));
    add({.name = "squash", .description = "one layer for all: every file once, nothing shared with other images"},
        sum_of(image_, [&](EntryId id, LayerIndex) { return is_seen(id); }));
  }

  void add_second_stage(const std::vector<ImageFinding>& findings) {
    const auto reach = reach_of(image_);
    if (reach == Reach::unknown) return;
    const auto needed = needed_inodes(image_, superfluous_entries(findings));
    ReportWhatIf way{.name = "second-stage", .basis = "estimated", .base = "scratch"};
    for (const auto& finding : findings)
      if (!finding.alternative.empty()) way.base = finding.alternative;
    way.description =
        way.base == "scratch" ? "an empty stage" : "a stage on " + way.base + ", what else that has not counted,";
    way.description += std::string(" with what the command uses") +
                       (reach == Reach::traced ? ", as far as the trace goes," : "") +
                       " and what no package owns (its COPY lines: imgslim libs IMAGE --copy-from STAGE)";
    add(std::move(way), sum_of(image_, [&](EntryId id, LayerIndex) { return needed.contains(id); }));
  }

  void add_without_bytecode() {
    ReportWhatIf way{.name = "no-bytecode", .basis = "estimated"};
    way.added_rss_bytes = memory_without_bytecode(image_);
    const bool runs = way.added_rss_bytes > 0;
    way.description = "no __pycache__, at the price of a slower start, which compiles anew, and of " +
                      (runs ? "about " + format_bytes(way.added_rss_bytes, Units::si) + " more memory in each container"
                            : std::string("more memory wherever Python runs"));
    add_less(std::move(way), sum_of_bytecode(image_));
  }

  std::vector<ReportWhatIf> take() { return std::move(all_); }

 private:
  const ImageFacts& image_;
  const ClaimedBytes now_;
  std::vector<ReportWhatIf> all_;
};

}  // namespace

std::vector<ReportWhatIf> what_ifs(const ImageFacts& image, const std::vector<ImageFinding>& findings) {
  Offers offers(image);
  offers.add_merges();
  offers.add_flat();
  offers.add_second_stage(findings);
  offers.add_without_bytecode();
  return offers.take();
}

}  // namespace imgslim::image_rules
