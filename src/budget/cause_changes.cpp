// What of the waste and of the memory at start changed, by what causes it.
#include "budget/changed_rows.h"
#include "budget/comparison_parts.h"

namespace imgslim::budget {
namespace {

/// Which pair a layer of one side belongs to, by its position there.
std::vector<std::size_t> pair_of_layer(const Sides& sides, std::size_t layers,
                                       std::optional<std::size_t> LayerPair::*member) {
  std::vector<std::size_t> pair_of(layers, sides.pairs.size());
  for (std::size_t i = 0; i < sides.pairs.size(); ++i)
    if (const auto& at = sides.pairs[i].*member) pair_of[*at] = i;
  return pair_of;
}

/// By the pair of layers that caused it, then by fate.
using WasteRows = std::map<std::pair<std::size_t, std::string>, DiffWaste>;

void add_waste(WasteRows& rows, const Report& report, const std::vector<std::size_t>& pair_of,
               std::uint64_t DiffNumber::*side) {
  for (const auto& waste : report.waste) {
    const bool known = waste.cause_layer < pair_of.size();
    auto& row = rows[{known ? pair_of[waste.cause_layer] : static_cast<std::size_t>(-1), waste.fate}];
    row.fate = waste.fate;
    if (known) row.cause = report.layers[waste.cause_layer].instruction;
    row.bytes.*side += waste.bytes;
  }
}

void add_fates(WasteRows& rows, const Report& report, std::uint64_t DiffNumber::*side) {
  for (const auto& [fate, bytes] : report.wasted_by_fate) {
    auto& row = rows[{0, fate}];
    row.fate = fate;
    row.bytes.*side += bytes;
  }
}

/// A list of waste that was cut says nothing of causes.
WasteRows waste_rows(const Sides& sides) {
  WasteRows rows;
  const auto whole = [](const Report& report) {
    return !is_cut(report, "waste", report.waste.empty(), report.totals.wasted_bytes);
  };
  if (whole(sides.base) && whole(sides.head)) {
    add_waste(rows, sides.base, pair_of_layer(sides, sides.base.layers.size(), &LayerPair::before),
              &DiffNumber::before);
    add_waste(rows, sides.head, pair_of_layer(sides, sides.head.layers.size(), &LayerPair::after), &DiffNumber::after);
  } else {
    add_fates(rows, sides.base, &DiffNumber::before);
    add_fates(rows, sides.head, &DiffNumber::after);
  }
  return rows;
}

std::vector<DiffMemoryObject> object_changes(const Sides& sides, const DiffNumber& total) {
  const auto& before = sides.base.memory->startup;
  const auto& after = sides.head.memory->startup;
  std::map<std::string, Seen<DiffMemoryObject>> objects;
  for (const auto& object : before.objects) {
    auto& entry = objects[object.path];
    entry.before = true;
    entry.row.rss_bytes.before += object.rss_bytes.estimate;
  }
  for (const auto& object : after.objects) {
    auto& entry = objects[object.path];
    entry.after = true;
    entry.row.rss_bytes.after += object.rss_bytes.estimate;
  }
  const auto cut = [](const Report& report, const MemoryStartup& startup) {
    return is_cut(report, "memory.startup.objects", startup.objects.empty(),
                  startup.rss_bytes.estimate - startup.heap_bytes);
  };
  const CutSides sides_cut{cut(sides.base, before), cut(sides.head, after)};
  std::vector<DiffMemoryObject> rows;
  DiffNumber rest = total;
  DiffMemoryObject heap{"[heap]", {before.heap_bytes, after.heap_bytes}};
  take_off(rest, heap.rss_bytes);
  if (heap.rss_bytes.change() != 0) rows.push_back(std::move(heap));
  for (auto& [path, entry] : objects) {
    if (sides_cut.doubt(entry)) continue;
    entry.row.path = path;
    take_off(rest, entry.row.rss_bytes);
    if (entry.row.rss_bytes.change() != 0) rows.push_back(std::move(entry.row));
  }
  sort_by_change(rows, &DiffMemoryObject::rss_bytes);
  if (rest.change() != 0) rows.push_back({rest_name, rest});
  return rows;
}

}  // namespace

std::vector<DiffWaste> waste_changes(const Sides& sides) {
  std::vector<DiffWaste> rows;
  DiffNumber rest{sides.base.totals.wasted_bytes, sides.head.totals.wasted_bytes};
  for (auto& [key, row] : waste_rows(sides)) {
    take_off(rest, row.bytes);
    if (row.bytes.change() != 0) rows.push_back(std::move(row));
  }
  sort_by_change(rows, &DiffWaste::bytes);
  if (rest.change() != 0) rows.push_back({rest_name, {}, rest});
  return rows;
}

std::optional<DiffMemory> memory_changes(const Sides& sides) {
  if (!sides.base.memory || !sides.head.memory) return std::nullopt;
  const auto& before = sides.base.memory->startup;
  const auto& after = sides.head.memory->startup;
  DiffMemory memory;
  memory.rss_bytes = {before.rss_bytes.estimate, after.rss_bytes.estimate};
  memory.anonymous_bytes = {before.anonymous_bytes, after.anonymous_bytes};
  memory.file_shareable_bytes = {before.file_shareable_bytes, after.file_shareable_bytes};
  memory.file_private_bytes = {before.file_private_bytes, after.file_private_bytes};
  memory.sharing_lost_bytes = {sides.base.memory->sharing.lost_bytes, sides.head.memory->sharing.lost_bytes};
  memory.objects = object_changes(sides, memory.rss_bytes);
  return memory;
}

}  // namespace imgslim::budget
