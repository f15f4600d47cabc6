// What holds for any two sound reports, tried on made-up ones.
#include <numeric>

#include "imgslim/diff.h"
#include "support/catch.h"
#include "support/random_report.h"

namespace imgslim {
namespace {

constexpr int tries = 3000;

template <typename Row>
std::int64_t sum(const std::vector<Row>& rows, DiffNumber Row::*member) {
  return std::accumulate(rows.begin(), rows.end(), std::int64_t{0},
                         [&](std::int64_t total, const Row& row) { return total + (row.*member).change(); });
}

Comparison compared(const Report& base, const Report& head) {
  auto result = compare(base, head);
  REQUIRE(result.has_value());
  return *std::move(result);
}

std::string mirrored(const std::string& change) {
  return change == "added" ? "removed" : change == "removed" ? "added" : change;
}

/// A row as a text that does not depend on which side is the first.
std::string key(bool turned, std::string change, std::string before, std::string after, DiffNumber number) {
  if (turned) {
    change = mirrored(change);
    std::swap(before, after);
    std::swap(number.before, number.after);
  }
  return change + '|' + before + '|' + after + '|' + std::to_string(number.before) + '|' + std::to_string(number.after);
}

/// All rows, sorted.
std::vector<std::string> keys(const Comparison& comparison, bool turned) {
  std::vector<std::string> out;
  const auto at = [](const auto& index) { return index ? std::to_string(*index) : "-"; };
  for (const auto& row : comparison.layers)
    out.push_back(key(turned, row.change, at(row.index_before), at(row.index_after), row.payload_bytes));
  for (const auto& row : comparison.instructions)
    out.push_back(key(turned, row.change, row.text_before.value_or(row.instruction.text), row.instruction.text,
                      row.payload_bytes));
  for (const auto& row : comparison.packages)
    out.push_back(
        key(turned, row.change, row.name + row.version_before, row.name + row.version_after, row.visible_bytes));
  for (const auto& row : comparison.paths)
    out.push_back(key(turned, row.change, row.path_before.value_or(row.path), row.path, row.visible_bytes));
  for (const auto& row : comparison.classes)
    out.push_back(key(turned, "", row.name, row.name, row.visible_bytes) + key(turned, "", "", "", row.wasted_bytes));
  for (const auto& row : comparison.waste) out.push_back(key(turned, "", row.fate, row.fate, row.bytes));
  if (comparison.memory)
    for (const auto& row : comparison.memory->objects)
      out.push_back(key(turned, "", row.path, row.path, row.rss_bytes));
  std::sort(out.begin(), out.end());
  return out;
}

TEST_CASE("the rows of each dimension sum to the change of its total") {
  test::RandomReports reports(1);
  for (int i = 0; i < tries; ++i) {
    const auto base = reports.next(), head = reports.next();
    const auto comparison = compared(base, head);
    const auto& totals = comparison.totals;
    CAPTURE(i);
    REQUIRE(sum(comparison.layers, &DiffLayer::payload_bytes) == totals.payload_bytes.change());
    REQUIRE(sum(comparison.layers, &DiffLayer::wasted_bytes) == totals.wasted_bytes.change());
    REQUIRE(sum(comparison.layers, &DiffLayer::caused_waste_bytes) == totals.wasted_bytes.change());
    REQUIRE(sum(comparison.instructions, &DiffInstruction::payload_bytes) == totals.payload_bytes.change());
    REQUIRE(sum(comparison.packages, &DiffPackage::visible_bytes) == totals.visible_bytes.change());
    REQUIRE(sum(comparison.paths, &DiffPath::visible_bytes) == totals.visible_bytes.change());
    REQUIRE(sum(comparison.classes, &DiffClass::visible_bytes) == totals.visible_bytes.change());
    REQUIRE(sum(comparison.classes, &DiffClass::wasted_bytes) == totals.wasted_bytes.change());
    REQUIRE(sum(comparison.waste, &DiffWaste::bytes) == totals.wasted_bytes.change());
    REQUIRE(comparison.memory.has_value() == (base.memory && head.memory));
    if (comparison.memory)
      REQUIRE(sum(comparison.memory->objects, &DiffMemoryObject::rss_bytes) == comparison.memory->rss_bytes.change());
  }
}

TEST_CASE("an image compared with itself has changed nowhere") {
  test::RandomReports reports(2);
  for (int i = 0; i < tries; ++i) {
    const auto report = reports.next();
    const auto comparison = compared(report, report);
    for (const auto& layer : comparison.layers) {
      REQUIRE((layer.change == "same" || layer.diff_id.empty()));
      REQUIRE(layer.index_before == layer.index_after);
      REQUIRE(layer.payload_bytes.change() == 0);
    }
    REQUIRE(comparison.instructions.empty());
    REQUIRE(comparison.packages.empty());
    REQUIRE(comparison.paths.empty());
    REQUIRE(comparison.classes.empty());
    REQUIRE(comparison.waste.empty());
    REQUIRE((!comparison.memory || comparison.memory->objects.empty()));
  }
}

TEST_CASE("the comparison the other way round is the mirror image") {
  test::RandomReports reports(3);
  for (int i = 0; i < tries; ++i) {
    const auto a = reports.next(), b = reports.next();
    CAPTURE(i);
    REQUIRE(keys(compared(a, b), false) == keys(compared(b, a), true));
  }
}

TEST_CASE("every layer of both images has one row") {
  test::RandomReports reports(4);
  for (int i = 0; i < tries; ++i) {
    const auto a = reports.next(), b = reports.next();
    std::vector<int> before(a.layers.size(), 0), after(b.layers.size(), 0);
    for (const auto& row : compared(a, b).layers) {
      if (row.index_before) ++before.at(*row.index_before);
      if (row.index_after) ++after.at(*row.index_after);
    }
    REQUIRE(std::all_of(before.begin(), before.end(), [](int count) { return count == 1; }));
    REQUIRE(std::all_of(after.begin(), after.end(), [](int count) { return count == 1; }));
  }
}

}  // namespace
}  // namespace imgslim
