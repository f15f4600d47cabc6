#include "app/platform_table.h"

#include <algorithm>

#include "core/byte_format.h"
#include "report/escape.h"

namespace imgslim::app {
namespace {

std::string padded(const std::string& text, std::size_t width, bool right) {
  const auto fill = std::string(width > text.size() ? width - text.size() : 0, ' ');
  return right ? fill + text : text + fill;
}

std::string row(const std::vector<std::string>& cells) {
  std::string line = padded(cells[0], 18, false);
  for (std::size_t i = 1; i < cells.size(); ++i) line += padded(cells[i], 11, true);
  return line + "\n";
}

}  // namespace

std::string platform_table(const std::vector<Report>& reports, const RenderOptions& looks) {
  std::string text = row({"PLATFORM", "UNPACKED", "VISIBLE", "WASTED", "PULL", "LAYERS"});
  for (const auto& report : reports) {
    const auto& totals = report.totals;
    const auto size = [&](std::uint64_t bytes) { return format_bytes(bytes, looks.units); };
    const auto pull = totals.compressed_bytes ? size(*totals.compressed_bytes)
                                              : "~" + size(totals.compressed_bytes_estimate.value_or(0));
    text += row({report::escape_terminal(report.image.platform), size(totals.payload_bytes), size(totals.visible_bytes),
                 size(totals.wasted_bytes), pull, std::to_string(totals.layers)});
  }
  return text;
}

std::string platforms_json(const std::vector<Report>& reports) {
  std::string text = "[\n";
  for (std::size_t i = 0; i < reports.size(); ++i) {
    auto one = render(reports[i], Format::json, {});
    while (one.ends_with('\n')) one.pop_back();
    text += one + (i + 1 < reports.size() ? ",\n" : "\n");
  }
  return text + "]\n";
}

}  // namespace imgslim::app
