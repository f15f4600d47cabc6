#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "imgslim/report.h"

namespace imgslim::test {

/// The sums of a report that do not agree, by name; empty for a sound report. Lists that were cut are not summed.
inline std::vector<std::string> disagreements(const Report& report) {
  std::vector<std::string> wrong;
  const auto& totals = report.totals;
  const auto expect = [&](std::uint64_t actual, std::uint64_t expected, const char* what) {
    if (actual != expected)
      wrong.push_back(std::string(what) + ": " + std::to_string(actual) + " is not " + std::to_string(expected));
  };
  const auto sum = [](const auto& rows, auto member) {
    std::uint64_t bytes = 0;
    for (const auto& row : rows) bytes += row.*member;
    return bytes;
  };
  const auto whole = [&](const char* section) { return !report.omitted.contains(section); };

  expect(totals.visible_bytes + totals.wasted_bytes, totals.payload_bytes, "visible + wasted");
  expect(totals.payload_bytes + totals.tar_overhead_bytes, totals.stored_bytes, "payload + tar overhead");
  expect(report.layers.size(), totals.layers, "layers");
  expect(sum(report.layers, &ReportLayer::stored_bytes), totals.stored_bytes, "layers' stored bytes");
  expect(sum(report.layers, &ReportLayer::payload_bytes), totals.payload_bytes, "layers' payload bytes");
  expect(sum(report.layers, &ReportLayer::visible_bytes), totals.visible_bytes, "layers' visible bytes");
  expect(sum(report.layers, &ReportLayer::wasted_bytes), totals.wasted_bytes, "layers' wasted bytes");
  expect(sum(report.layers, &ReportLayer::caused_waste_bytes), totals.wasted_bytes, "waste that layers caused");
  expect(sum(report.layers, &ReportLayer::entries), totals.entries, "layers' entries");
  std::uint64_t by_fate = 0;
  for (const auto& [fate, bytes] : report.wasted_by_fate) by_fate += bytes;
  expect(by_fate, totals.wasted_bytes, "waste by fate");
  const auto& base = report.base.wasted_bytes;
  expect(base.mine + base.hidden_base + base.base, totals.wasted_bytes, "waste split at the base");
  if (whole("waste")) expect(sum(report.waste, &ReportWaste::bytes), totals.wasted_bytes, "waste");
  if (whole("packages")) {
    expect(sum(report.packages, &ReportPackage::visible_bytes), totals.visible_bytes, "packages' visible bytes");
    expect(sum(report.packages, &ReportPackage::compressed_bytes), totals.visible_compressed_bytes,
           "packages' compressed bytes");
  }
  if (whole("paths")) {
    expect(sum(report.paths, &ReportPath::own_visible_bytes), totals.visible_bytes, "paths' own visible bytes");
    expect(sum(report.paths, &ReportPath::own_compressed_bytes), totals.visible_compressed_bytes,
           "paths' own compressed bytes");
  }
  if (whole("classes")) {
    expect(sum(report.classes, &ReportClass::visible_bytes), totals.visible_bytes, "classes' visible bytes");
    expect(sum(report.classes, &ReportClass::compressed_bytes), totals.visible_compressed_bytes,
           "classes' compressed bytes");
    expect(sum(report.classes, &ReportClass::wasted_bytes), totals.wasted_bytes, "classes' wasted bytes");
  }
  if (report.runtime && whole("runtime.objects")) {
    const auto& runtime = *report.runtime;
    expect(runtime.loaded.bytes + runtime.possible.bytes + runtime.unreached.bytes, runtime.all.bytes, "ELF files");
    std::uint64_t mapped = 0, in_layers = 0;
    for (const auto& object : runtime.objects) mapped += object.confidence == "possible" ? 0 : object.visible_bytes;
    for (const auto& layer : report.layers) in_layers += layer.mapped_bytes.value_or(0);
    expect(in_layers, mapped, "layers' mapped bytes");
  }
  if (whole("duplicates"))
    expect(sum(report.duplicates, &ReportDuplicate::wasted_bytes), totals.duplicate_bytes, "duplicates");
  return wrong;
}

}  // namespace imgslim::test
