#include "imgslim/annotate.h"

#include <algorithm>
#include <map>

#include "dockerfile/parse.h"
#include "report/escape.h"
#include "report/instruction_text.h"
#include "report/page.h"
#include "report/width.h"

namespace imgslim {
namespace {

using report::Page;

struct Cost {
  std::uint64_t payload_bytes = 0, waste_bytes = 0, rss_bytes = 0;
  void add(const ReportLayer& layer) {
    payload_bytes += layer.payload_bytes;
    waste_bytes += layer.caused_waste_bytes;
    rss_bytes += layer.startup_rss_bytes.value_or(0);
  }
};

struct Costs {
  std::map<std::uint32_t, Cost> of_line;
  Cost without_line;
  Cost all;
};

/// The FROM whose stage the layers come from: the last above the first line that has a layer.
std::uint32_t from_line(const Report& report, const dockerfile::File& file) {
  std::uint32_t first = UINT32_MAX;
  for (std::size_t i = report.base.layers; i < report.layers.size(); ++i)
    first = std::min(first, report.layers[i].instruction.start_line.value_or(UINT32_MAX));
  std::uint32_t line = 0;
  for (const auto& instruction : file.instructions)
    if (instruction.keyword == dockerfile::Keyword::from && instruction.start_line < first)
      line = instruction.start_line;
  return line;
}

Costs costs_of(const Report& report, const DockerfileText& dockerfile) {
  Costs costs;
  const auto from = from_line(report, dockerfile::parse(dockerfile.text));
  const auto common = report::common_file(report);
  for (std::size_t i = 0; i < report.layers.size(); ++i) {
    const auto& layer = report.layers[i];
    const auto& instruction = layer.instruction;
    const bool is_here = instruction.start_line && (instruction.file == dockerfile.path || instruction.file == common);
    costs.all.add(layer);
    if (i < report.base.layers && from > 0)
      costs.of_line[from].add(layer);
    else if (is_here)
      costs.of_line[*instruction.start_line].add(layer);
    else
      costs.without_line.add(layer);
  }
  return costs;
}

std::string cell(const Page& page, std::uint64_t bytes) {
  return report::pad_before(bytes == 0 ? "" : page.size(bytes), 10);
}

void write_row(Page& page, const Cost& cost, const std::string& text, report::Style style = report::Style::normal) {
  page.line({{cell(page, cost.payload_bytes) + cell(page, cost.waste_bytes) + cell(page, cost.rss_bytes) + "  " + text,
              style}});
}

void write_lines(Page& page, const std::string& text, const Costs& costs) {
  std::string_view rest = text;
  for (std::uint32_t number = 1; !rest.empty(); ++number) {
    const auto end = std::min(rest.find('\n'), rest.size());
    std::string line(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    while (line.ends_with('\r')) line.pop_back();
    std::replace(line.begin(), line.end(), '\t', ' ');
    const auto found = costs.of_line.find(number);
    const auto label = report::pad_before(std::to_string(number), 4) + "  " + report::escape_terminal(line);
    write_row(page, found == costs.of_line.end() ? Cost{} : found->second, label);
  }
}

}  // namespace

std::string render_annotated(const Report& report, const DockerfileText& dockerfile, const RenderOptions& options) {
  Page page(options);
  auto costs = costs_of(report, dockerfile);
  page.line(
      {{"  UNPACKED     WASTE       RSS        " + report::escape_terminal(dockerfile.path), report::Style::heading}});
  write_lines(page, dockerfile.text, costs);
  page.blank();
  if (costs.without_line.payload_bytes + costs.without_line.waste_bytes + costs.without_line.rss_bytes > 0)
    write_row(page, costs.without_line, "layers that no line is known for", report::Style::dim);
  if (report.memory) {
    const auto total = report.memory->startup.rss_bytes.estimate;
    write_row(page, {.rss_bytes = total - std::min(total, costs.all.rss_bytes)}, "heap, stacks and mapped data",
              report::Style::dim);
    costs.all.rss_bytes = total;
  }
  write_row(page, costs.all, "in all");
  return std::move(page).take();
}

}  // namespace imgslim
