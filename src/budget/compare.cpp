#include "budget/comparison_parts.h"

namespace imgslim {
namespace budget {
namespace {

DiffSide side_of(const Report& report) {
  const auto& image = report.image;
  return {image.reference, image.source,
          image.platform,  image.manifest_digest.empty() ? image.config_digest : image.manifest_digest,
          report.complete, report.tool.version};
}

std::optional<std::uint64_t> pull_bytes(const ReportTotals& totals) {
  return totals.compressed_bytes ? totals.compressed_bytes : totals.compressed_bytes_estimate;
}

DiffTotals totals_of(const ReportTotals& base, const ReportTotals& head) {
  DiffTotals totals;
  totals.payload_bytes = {base.payload_bytes, head.payload_bytes};
  const auto before = pull_bytes(base), after = pull_bytes(head);
  if (before && after) {
    totals.compressed_bytes = DiffNumber{*before, *after};
    totals.compressed_estimated = !base.compressed_bytes || !head.compressed_bytes;
  }
  totals.visible_bytes = {base.visible_bytes, head.visible_bytes};
  totals.wasted_bytes = {base.wasted_bytes, head.wasted_bytes};
  totals.duplicate_bytes = {base.duplicate_bytes, head.duplicate_bytes};
  totals.stored_bytes = {base.stored_bytes, head.stored_bytes};
  totals.layers = {base.layers, head.layers};
  totals.files = {base.files, head.files};
  return totals;
}

std::string name_of(const DiffSide& side) {
  return !side.reference.empty() ? side.reference : !side.digest.empty() ? side.digest : "unnamed image";
}

std::vector<Note> doubts(const Comparison& comparison, const Sides& sides) {
  std::vector<Note> notes;
  const auto& base = comparison.base;
  const auto& head = comparison.head;
  if (base.platform != head.platform)
    notes.push_back({"platform-mismatch", name_of(head),
                     "images of two platforms differ everywhere: " + base.platform + " and " + head.platform});
  for (const auto* side : {&base, &head})
    if (!side->complete)
      notes.push_back({"incomplete", name_of(*side), "its report left something out: what is missing counts as less"});
  if (base.tool_version != head.tool_version)
    notes.push_back({"other-version", name_of(base),
                     "its report was made by version " + base.tool_version + ", the other by " + head.tool_version});
  if (comparison.totals.compressed_estimated)
    notes.push_back({"estimated", name_of(sides.base.totals.compressed_bytes ? head : base),
                     "holds layers uncompressed: what a pull moves is estimated"});
  if (comparison.memory && sides.base.memory->startup.model != sides.head.memory->startup.model)
    notes.push_back({"other-model", name_of(base), "the two estimates of memory come from different models"});
  return notes;
}

}  // namespace
}  // namespace budget

Result<Comparison> compare(const Report& base, const Report& head) {
  if (auto status = budget::check_sums(base); !status) return std::move(status).error();
  if (auto status = budget::check_sums(head); !status) return std::move(status).error();
  const budget::Sides sides{base, head, budget::pair_layers(base, head)};
  Comparison comparison;
  comparison.base = budget::side_of(base);
  comparison.head = budget::side_of(head);
  comparison.totals = budget::totals_of(base.totals, head.totals);
  comparison.layers = budget::layer_changes(sides);
  comparison.instructions = budget::instruction_changes(comparison.layers);
  comparison.packages = budget::package_changes(sides);
  comparison.paths = budget::path_changes(sides);
  comparison.classes = budget::class_changes(sides);
  comparison.waste = budget::waste_changes(sides);
  comparison.memory = budget::memory_changes(sides);
  if (base.findings && head.findings) {
    comparison.findings_added = budget::findings_only_in(*head.findings, *base.findings);
    comparison.findings_removed = budget::findings_only_in(*base.findings, *head.findings);
  }
  comparison.notes = budget::doubts(comparison, sides);
  return comparison;
}

}  // namespace imgslim
