#include <map>

#include "budget/changed_rows.h"
#include "budget/comparison_parts.h"

namespace imgslim::budget {
namespace {

const ReportLayer empty_layer;

const ReportLayer& layer_or_empty(const Report& report, const std::optional<std::size_t>& at) {
  return at ? report.layers[*at] : empty_layer;
}

std::optional<std::uint32_t> narrow(const std::optional<std::size_t>& at) {
  if (!at) return std::nullopt;
  return static_cast<std::uint32_t>(*at);
}

/// A side that has no such layer pulls nothing for it.
std::optional<DiffNumber> compressed(const LayerPair& pair, const ReportLayer& before, const ReportLayer& after) {
  if ((pair.before && !before.compressed_bytes) || (pair.after && !after.compressed_bytes)) return std::nullopt;
  return DiffNumber{before.compressed_bytes.value_or(0), after.compressed_bytes.value_or(0)};
}

const char* kind_of_change(const LayerPair& pair, const ReportLayer& before, const ReportLayer& after) {
  if (!pair.before) return "added";
  if (!pair.after) return "removed";
  if (before.diff_id.empty() || before.diff_id != after.diff_id) return "changed";
  return pair.moved ? "moved" : "same";
}

DiffLayer layer_row(const Sides& sides, const LayerPair& pair) {
  const auto& before = layer_or_empty(sides.base, pair.before);
  const auto& after = layer_or_empty(sides.head, pair.after);
  const auto& shown = pair.after ? after : before;
  DiffLayer row;
  row.change = kind_of_change(pair, before, after);
  row.index_before = narrow(pair.before);
  row.index_after = narrow(pair.after);
  row.diff_id = shown.diff_id;
  row.instruction = shown.instruction;
  if (pair.before && pair.after && folded_instruction(before.instruction) != folded_instruction(after.instruction))
    row.text_before = before.instruction.text;
  row.payload_bytes = {before.payload_bytes, after.payload_bytes};
  row.compressed_bytes = compressed(pair, before, after);
  row.wasted_bytes = {before.wasted_bytes, after.wasted_bytes};
  row.caused_waste_bytes = {before.caused_waste_bytes, after.caused_waste_bytes};
  return row;
}

}  // namespace

std::vector<DiffLayer> layer_changes(const Sides& sides) {
  std::vector<DiffLayer> rows;
  for (const auto& pair : sides.pairs) rows.push_back(layer_row(sides, pair));
  return rows;
}

std::vector<DiffInstruction> instruction_changes(const std::vector<DiffLayer>& layers) {
  std::map<std::pair<std::string, std::string>, Seen<DiffInstruction>> seen;
  for (const auto& layer : layers) {
    const auto text = folded_instruction(layer.instruction);
    auto& entry = seen[{text, layer.text_before.value_or(text)}];
    if (!entry.before && !entry.after) entry.row.instruction = layer.instruction;
    entry.row.text_before = layer.text_before;
    entry.before = entry.before || layer.index_before.has_value();
    entry.after = entry.after || layer.index_after.has_value();
    entry.row.payload_bytes.before += layer.payload_bytes.before;
    entry.row.payload_bytes.after += layer.payload_bytes.after;
  }
  std::vector<DiffInstruction> rows;
  for (auto& [key, entry] : seen) {
    entry.row.change = change_of(entry, entry.row.text_before ? "edited" : "size");
    if (entry.row.change != "size" || entry.row.payload_bytes.change() != 0) rows.push_back(std::move(entry.row));
  }
  sort_by_change(rows, &DiffInstruction::payload_bytes);
  return rows;
}

}  // namespace imgslim::budget
