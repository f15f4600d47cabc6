#include "analysis/reconcile.h"

#include <numeric>

#include "core/tier.h"

namespace imgslim::analysis {
namespace {

template <typename Rows, typename Member>
std::uint64_t sum_of(const Rows& rows, Member member) {
  return std::accumulate(rows.begin(), rows.end(), std::uint64_t{0},
                         [&](std::uint64_t sum, const auto& row) { return sum + row.*member; });
}

/// Remembers the first claim that does not hold.
class Ledger {
 public:
  void expect(const std::string& what, std::uint64_t actual, std::uint64_t expected) {
    if (first_.empty() && actual != expected)
      first_ = what + ": " + std::to_string(actual) + " instead of " + std::to_string(expected);
  }
  [[nodiscard]] const std::string& first() const { return first_; }

 private:
  std::string first_;
};

void check_layers(const tree::MergedTree& tree, Ledger& ledger) {
  for (tree::LayerIndex i = 0; i < tree.layer_count(); ++i) {
    const auto& layer = tree.layer(i);
    std::uint64_t stored = layer.padding_bytes, payload = 0, compressed = 0;
    for (std::size_t entry = 0; entry < layer.entries.size(); ++entry) {
      stored += layer.entries[entry].stored_bytes();
      payload += layer.entries[entry].content_bytes;
      compressed += layer.entries[entry].compressed_bytes;
    }
    const auto name = "layer " + std::to_string(i + 1);
    ledger.expect(name + " stored bytes", stored, layer.stored_bytes);
    ledger.expect(name + " payload bytes", payload, layer.payload_bytes);
    if (layer.entries.size() > 0)
      ledger.expect(name + " compressed bytes", compressed, layer.compressed_bytes_estimate);
    if (layer.compression != archive::Compression::none)
      ledger.expect(name + " blob bytes", layer.compressed_bytes_estimate, layer.blob_bytes);
  }
}

void check_fates(const Analysis& analysis, Ledger& ledger) {
  std::uint64_t stored = 0, payload = 0, entries = 0, dead = 0;
  for (std::size_t fate = 0; fate < tree::fate_count; ++fate) {
    const auto& sum = analysis.accounting.by_fate[fate];
    stored += sum.stored_bytes;
    payload += sum.payload_bytes;
    entries += sum.entries;
    if (static_cast<tree::Fate>(fate) != tree::Fate::visible) dead += sum.payload_bytes;
  }
  std::uint64_t padding = 0, layer_bytes = 0;
  for (tree::LayerIndex i = 0; i < analysis.tree.layer_count(); ++i) {
    padding += analysis.tree.layer(i).padding_bytes;
    layer_bytes += analysis.tree.layer(i).stored_bytes;
  }
  const auto& visible = analysis.accounting.by_fate[static_cast<std::size_t>(tree::Fate::visible)];
  ledger.expect("stored bytes over fates", stored + padding, layer_bytes);
  ledger.expect("payload bytes over fates", payload, analysis.accounting.payload_bytes);
  ledger.expect("entries over fates", entries, analysis.accounting.entries);
  ledger.expect("visible bytes of the merged tree", analysis.accounting.visible_bytes, visible.payload_bytes);
  ledger.expect("wasted bytes (S - F)", analysis.accounting.wasted_bytes(), dead);
  ledger.expect("wasted bytes by layer", sum_of(analysis.accounting.layers, &tree::LayerSum::wasted_bytes), dead);
  ledger.expect("wasted bytes by cause", sum_of(analysis.accounting.layers, &tree::LayerSum::caused_waste_bytes), dead);
}

void check_runtime(const Report& report, Ledger& ledger) {
  if (!report.runtime) return;
  const auto& runtime = *report.runtime;
  ledger.expect("loaded, possible and unreached ELF files",
                runtime.loaded.shared_objects + runtime.possible.shared_objects + runtime.unreached.shared_objects,
                runtime.all.shared_objects);
  ledger.expect("bytes of loaded, possible and unreached ELF files",
                runtime.loaded.bytes + runtime.possible.bytes + runtime.unreached.bytes, runtime.all.bytes);
  std::uint64_t in_layers = 0, in_objects = 0;
  for (const auto& layer : report.layers) in_layers += layer.mapped_bytes.value_or(0);
  for (const auto& object : runtime.objects)
    if (object.confidence != tier_name(Tier::possible)) in_objects += object.visible_bytes;
  ledger.expect("mapped bytes of layers", in_layers, in_objects);
}

void check_memory(const Report& report, Ledger& ledger) {
  if (!report.memory) return;
  const auto& startup = report.memory->startup;
  const auto total = startup.rss_bytes.estimate, of_objects = total - startup.heap_bytes;
  std::uint64_t in_objects = 0, in_layers = 0;
  for (const auto& object : startup.objects) in_objects += object.rss_bytes.estimate;
  for (const auto& layer : report.layers) in_layers += layer.startup_rss_bytes.value_or(0);
  ledger.expect("kinds of resident bytes",
                startup.anonymous_bytes + startup.file_shareable_bytes + startup.file_private_bytes, total);
  ledger.expect("resident bytes of objects", in_objects, of_objects);
  ledger.expect("resident bytes of layers", in_layers, of_objects);
  ledger.expect("resident bytes of layer rows", sum_of(startup.layers, &MemoryLayer::rss_bytes), of_objects);
  ledger.expect("resident bytes of packages", sum_of(startup.packages, &MemoryPackage::rss_bytes), of_objects);
}

void check_report(const Report& report, Ledger& ledger) {
  const auto& totals = report.totals;
  ledger.expect("waste rows", sum_of(report.waste, &ReportWaste::bytes), totals.wasted_bytes);
  const auto& split = report.base.wasted_bytes;
  ledger.expect("waste split at the base", split.mine + split.hidden_base + split.base, totals.wasted_bytes);
  ledger.expect("visible bytes of packages", sum_of(report.packages, &ReportPackage::visible_bytes),
                totals.visible_bytes);
  ledger.expect("compressed bytes of packages", sum_of(report.packages, &ReportPackage::compressed_bytes),
                totals.visible_compressed_bytes);
  ledger.expect("files of packages", sum_of(report.packages, &ReportPackage::files), totals.files);
  ledger.expect("visible bytes of directories", sum_of(report.paths, &ReportPath::own_visible_bytes),
                totals.visible_bytes);
  ledger.expect("compressed bytes of directories", sum_of(report.paths, &ReportPath::own_compressed_bytes),
                totals.visible_compressed_bytes);
  ledger.expect("visible bytes of classes", sum_of(report.classes, &ReportClass::visible_bytes), totals.visible_bytes);
  ledger.expect("compressed bytes of classes", sum_of(report.classes, &ReportClass::compressed_bytes),
                totals.visible_compressed_bytes);
  ledger.expect("wasted bytes of classes", sum_of(report.classes, &ReportClass::wasted_bytes), totals.wasted_bytes);
  ledger.expect("payload bytes of layers", sum_of(report.layers, &ReportLayer::payload_bytes), totals.payload_bytes);
  ledger.expect("visible bytes of layers", sum_of(report.layers, &ReportLayer::visible_bytes), totals.visible_bytes);
  ledger.expect("stored bytes of layers", sum_of(report.layers, &ReportLayer::stored_bytes), totals.stored_bytes);
  check_runtime(report, ledger);
  check_memory(report, ledger);
  ledger.expect("duplicate rows", sum_of(report.duplicates, &ReportDuplicate::wasted_bytes), totals.duplicate_bytes);
}

}  // namespace

std::string find_imbalance(const Analysis& analysis, const Report& report) {
  Ledger ledger;
  check_layers(analysis.tree, ledger);
  check_fates(analysis, ledger);
  check_report(report, ledger);
  return ledger.first();
}

}  // namespace imgslim::analysis
