#include <algorithm>
#include <set>

#include "report/escape.h"
#include "report/instruction_text.h"
#include "report/table.h"
#include "report/text_blocks.h"
#include "report/width.h"

namespace imgslim::report {
namespace {

constexpr std::size_t bar_cells = 20;
constexpr std::size_t place_cells = 16;
constexpr std::size_t layers_in_a_screenful = 30;

struct LayerRow {
  std::string label;
  std::uint64_t payload_bytes = 0;
  std::string place, text;
};

std::string layer_text(const ReportLayer& layer) {
  auto text = one_line(layer.instruction);
  if (!text.empty()) return text;
  return layer.instruction.kind.empty() ? "unknown step" : escape_terminal(layer.instruction.kind);
}

/// The base image's layers as one row: who writes the Dockerfile cannot change them one by one.
LayerRow base_row(const Report& report, std::size_t base_layers) {
  LayerRow row{.label = base_layers == 1 ? "1" : "1-" + std::to_string(base_layers), .text = "base"};
  for (std::size_t i = 0; i < base_layers; ++i) row.payload_bytes += report.layers[i].payload_bytes;
  if (report.base.name) row.text.append(" ").append(escape_terminal(*report.base.name));
  return row;
}

/// Keeps the `limit` largest rows in their order and sums the others into a last one.
void keep_largest(std::vector<LayerRow>& rows, std::size_t limit) {
  if (rows.size() <= limit + 1) return;
  std::vector<std::size_t> by_size(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) by_size[i] = i;
  std::stable_sort(by_size.begin(), by_size.end(),
                   [&](auto a, auto b) { return rows[a].payload_bytes > rows[b].payload_bytes; });
  const std::set<std::size_t> kept(by_size.begin(), by_size.begin() + static_cast<std::ptrdiff_t>(limit));
  LayerRow others{.text = counted(rows.size() - limit, "smaller layer")};
  std::vector<LayerRow> shown;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (kept.contains(i))
      shown.push_back(std::move(rows[i]));
    else
      others.payload_bytes += rows[i].payload_bytes;
  }
  shown.push_back(std::move(others));
  rows = std::move(shown);
}

std::string instruction_heading(const Report& report, const std::string& file) {
  const bool placed = std::any_of(report.layers.begin(), report.layers.end(),
                                  [](const auto& layer) { return layer.instruction.start_line.has_value(); });
  if (!placed) return "INSTRUCTION";
  return file.empty() ? "Dockerfile" : escape_terminal(file);
}

}  // namespace

void write_layers(Page& page, const Report& report) {
  if (report.layers.empty()) return;
  const auto file = common_file(report);
  const auto base_layers = std::min<std::size_t>(report.base.layers, report.layers.size());
  std::vector<LayerRow> rows;
  if (base_layers > 0) rows.push_back(base_row(report, base_layers));
  for (std::size_t i = base_layers; i < report.layers.size(); ++i)
    rows.push_back({std::to_string(i + 1), report.layers[i].payload_bytes,
                    cut_middle(line_place(report.layers[i].instruction, file), place_cells, page.ellipsis()),
                    layer_text(report.layers[i])});
  keep_largest(rows, page.rows(layers_in_a_screenful));

  std::size_t place_width = 0;
  for (const auto& row : rows) place_width = std::max(place_width, display_width(row.place));
  Table table({{}, {.align = Align::right}, {}, {.fit = Fit::cut}});
  table.heading({"LAYER", "SIZE", "", instruction_heading(report, file)});
  for (const auto& row : rows) {
    const auto place = row.place.empty() ? std::string() : pad_after(row.place, place_width) + "  ";
    table.row({row.label, page.size(row.payload_bytes),
               page.bar(row.payload_bytes, report.totals.payload_bytes, bar_cells), place + row.text});
  }
  page.blank();
  table.print(page);
}

}  // namespace imgslim::report
