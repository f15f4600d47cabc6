// The block about a cold start: what a node that has some layers pulls, unpacks and reads.
#include <string>

#include "report/escape.h"
#include "report/table.h"
#include "report/text_blocks.h"

namespace imgslim::report {
namespace {

/// "850 ms", "3.1 s", "12 min".
std::string duration(std::uint64_t milliseconds) {
  if (milliseconds < 1'000) return std::to_string(milliseconds) + " ms";
  if (milliseconds < 100'000)
    return std::to_string(milliseconds / 1'000) + "." + std::to_string(milliseconds / 100 % 10) + " s";
  return grouped(milliseconds / 60'000) + " min";
}

}  // namespace

void write_cold_start(Page& page, const Report& report) {
  if (!report.cold_start) return;
  const auto& start = *report.cold_start;
  const auto& totals = report.totals;
  const auto all = totals.compressed_bytes.value_or(totals.compressed_bytes_estimate.value_or(0));
  std::string text = std::string("pulls ") + (start.pull_is_estimate ? "~" : "") + page.size(start.pull_bytes) +
                     " of " + page.size(all) + ": ";
  text += grouped(start.layers_present) + " of " + counted(totals.layers, "layer");
  text += start.layers_present == 1 ? " is there" : " are there";
  if (start.have.size() == 1) text += " (" + escape_terminal(start.have.front()) + ")";
  if (start.pull_ms)
    text += "; " + duration(*start.pull_ms) + " at " + page.size(*start.bytes_per_second) + " a second";
  text += "; unpacks " + page.size(start.unpacked_bytes);
  if (start.touched_bytes) {
    const auto share = percent(*start.touched_bytes, totals.payload_bytes);
    text += "; reads ~" + page.size(*start.touched_bytes) + " at start" +
            (share.empty() ? "" : " (" + share + " of the image)");
  }
  page.blank();
  page.paragraph({"  COLD START  ", Style::heading}, text);
}

}  // namespace imgslim::report
