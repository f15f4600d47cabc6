#pragma once

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "imgslim/report.h"

namespace imgslim::test {

/// Sound reports of small, made-up images: few names, so that two of them have much in common.
class RandomReports {
 public:
  explicit RandomReports(unsigned seed) : random_(seed) {}

  Report next() {
    Report report;
    report.image.platform = "linux/amd64";
    for (auto layers = below(6); layers > 0; --layers) report.layers.push_back(layer(report));
    add_waste(report);
    auto& totals = report.totals;
    totals.layers = report.layers.size();
    totals.visible_bytes = totals.payload_bytes - totals.wasted_bytes;
    totals.visible_compressed_bytes = totals.visible_bytes / 2;
    if (chance(2))
      totals.compressed_bytes = totals.payload_bytes / 2;
    else
      totals.compressed_bytes_estimate = totals.payload_bytes / 3;
    add_packages(report);
    add_paths(report);
    add_classes(report);
    if (chance(2)) add_memory(report);
    if (chance(3)) cut(report);
    return report;
  }

 private:
  std::uint64_t below(std::uint64_t bound) {
    return std::uniform_int_distribution<std::uint64_t>(0, bound - 1)(random_);
  }
  bool chance(std::uint64_t one_in) { return below(one_in) == 0; }
  std::string name(const char* stem, std::uint64_t count) { return stem + std::to_string(below(count)); }

  ReportLayer layer(Report& report) {
    ReportLayer layer;
    layer.index = static_cast<std::uint32_t>(report.layers.size());
    layer.diff_id = chance(8) ? "" : name("sha256:", 7);
    layer.instruction.kind = chance(2) ? "RUN" : "COPY";
    layer.instruction.text = chance(6) ? "" : layer.instruction.kind + name(" step ", 4);
    layer.payload_bytes = below(100'000);
    layer.stored_bytes = layer.payload_bytes;
    report.totals.payload_bytes += layer.payload_bytes;
    report.totals.stored_bytes += layer.payload_bytes;
    return layer;
  }

  void add_waste(Report& report) {
    for (auto& layer : report.layers) {
      if (chance(2)) continue;
      const auto bytes = below(layer.payload_bytes + 1);
      const auto cause = static_cast<std::uint32_t>(below(report.layers.size()));
      const auto* fate = chance(2) ? "deleted" : "overwritten";
      report.waste.push_back({name("file", 5), bytes, fate, layer.index, cause, {}});
      report.wasted_by_fate[fate] += bytes;
      layer.wasted_bytes += bytes;
      report.layers[cause].caused_waste_bytes += bytes;
      report.totals.wasted_bytes += bytes;
    }
    for (auto& layer : report.layers) layer.visible_bytes = layer.payload_bytes - layer.wasted_bytes;
  }

  /// Parts that sum to a whole.
  std::vector<std::uint64_t> parts(std::uint64_t whole, std::size_t count) {
    std::vector<std::uint64_t> out;
    for (std::size_t i = 0; i + 1 < count; ++i) {
      out.push_back(below(whole + 1));
      whole -= out.back();
    }
    out.push_back(whole);
    std::sort(out.rbegin(), out.rend());
    return out;
  }

  void add_packages(Report& report) {
    for (const auto bytes : parts(report.totals.visible_bytes, 1 + below(6))) {
      ReportPackage package;
      package.manager = chance(5) ? "" : "deb";
      package.name = package.manager.empty() ? "[unattributed]" : name("lib", 6);
      package.version = name("1.", 3);
      package.visible_bytes = bytes;
      report.packages.push_back(package);
    }
  }

  void add_paths(Report& report) {
    std::vector<std::string> paths{""};
    for (auto more = below(8); more > 0; --more) {
      const auto& above = paths[below(paths.size())];
      const auto path = above.empty() ? name("d", 4) : above + "/" + name("d", 3);
      if (std::find(paths.begin(), paths.end(), path) == paths.end()) paths.push_back(path);
    }
    std::sort(paths.begin(), paths.end());
    const auto own = parts(report.totals.visible_bytes, paths.size());
    for (std::size_t i = 0; i < paths.size(); ++i) {
      ReportPath row;
      row.path = paths[i];
      row.own_visible_bytes = own[i];
      for (std::size_t j = 0; j < paths.size(); ++j)
        if (paths[i].empty() || paths[j] == paths[i] || paths[j].starts_with(paths[i] + "/"))
          row.visible_bytes += own[j];
      row.files = 1 + below(3);
      report.paths.push_back(row);
    }
  }

  void add_classes(Report& report) {
    const auto visible = parts(report.totals.visible_bytes, 3);
    const auto wasted = parts(report.totals.wasted_bytes, 3);
    for (std::size_t i = 0; i < 3; ++i) {
      ReportClass row;
      row.name = std::to_string(i);
      row.visible_bytes = visible[i];
      row.wasted_bytes = wasted[i];
      report.classes.push_back(row);
    }
  }

  void add_memory(Report& report) {
    auto& startup = report.memory.emplace().startup;
    startup.heap_bytes = below(10'000);
    startup.rss_bytes.estimate = startup.heap_bytes;
    for (auto count = below(4); count > 0; --count) {
      MemoryObject object;
      object.path = name("usr/lib/lib", 4);
      object.rss_bytes.estimate = below(10'000);
      startup.rss_bytes.estimate += object.rss_bytes.estimate;
      startup.objects.push_back(object);
    }
    report.memory->sharing.lost_bytes = below(1000);
  }

  template <typename Rows>
  void cut_rows(Report& report, Rows& rows, const char* section) {
    if (rows.size() < 2 || chance(2)) return;
    report.omitted[section] = rows.size() - 1;
    rows.resize(1);
  }
  void cut(Report& report) {
    cut_rows(report, report.packages, "packages");
    cut_rows(report, report.paths, "paths");
    cut_rows(report, report.classes, "classes");
    cut_rows(report, report.waste, "waste");
    if (report.memory) cut_rows(report, report.memory->startup.objects, "memory.startup.objects");
  }

  std::mt19937 random_;
};

}  // namespace imgslim::test
