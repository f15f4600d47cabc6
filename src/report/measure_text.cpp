// What `imgslim measure` prints: the estimate beside what was measured, in sum and object by object.
#include <algorithm>

#include "core/path.h"
#include "imgslim/render.h"
#include "report/escape.h"
#include "report/json_writer.h"
#include "report/memory_text.h"
#include "report/table.h"
#include "report/text_blocks.h"

namespace imgslim {
namespace report {
namespace {

constexpr std::size_t objects_in_a_screenful = 16;

/// "+3 %", "" when nothing was measured.
std::string deviation(std::uint64_t estimate, std::uint64_t measured) {
  if (measured == 0) return {};
  const auto change = 100 * (static_cast<double>(estimate) / static_cast<double>(measured) - 1);
  const auto rounded = static_cast<long long>(change < 0 ? change - 0.5 : change + 0.5);
  return (rounded > 0 ? "+" : "") + std::to_string(rounded) + " %";
}

std::string write_measured(const MeasureAnswer& answer, const RenderOptions& options) {
  Page page(options);
  page.line({{answer.image.empty() ? "unnamed image" : escape_terminal(answer.image), Style::heading},
             {"   " + shown_path(answer.program) + ", " + grouped(answer.processes) +
              (answer.processes == 1 ? " process" : " processes")}});
  page.blank();
  page.line("  estimate  " + range_text(page, answer.estimate) + " RSS, own ~" +
            page.size(answer.estimate_private_bytes));
  page.line(
      {{"  measured  " + page.size(answer.measured_bytes) + " RSS, own " + page.size(answer.measured_private_bytes)},
       {answer.in_range ? "" : "   outside the estimate's range", Style::warning}});
  page.blank();
  Table table({{.align = Align::right}, {.align = Align::right}, {.align = Align::right}, {.fit = Fit::cut}, {}});
  table.heading({"ESTIMATE", "MEASURED", "OFF", "OBJECT", ""});
  const auto shown = std::min(answer.objects.size(), page.rows(objects_in_a_screenful));
  for (std::size_t i = 0; i < shown; ++i) {
    const auto& object = answer.objects[i];
    const bool both = object.predicted && object.mapped;
    table.row({{page.size(object.estimate_bytes)},
               {page.size(object.measured_bytes)},
               {both ? deviation(object.estimate_bytes, object.measured_bytes) : ""},
               {escape_terminal(base_name(object.path)), Style::normal, Cut::middle},
               {both               ? ""
                : object.predicted ? "not mapped"
                                   : "not in the estimate"}});
  }
  table.print(page);
  if (shown < answer.objects.size())
    page.line({{"  " + counted(answer.objects.size() - shown, "other object"), Style::dim}});
  return std::move(page).take();
}

}  // namespace
}  // namespace report

std::string render_measure(const MeasureAnswer& answer, Format format, const RenderOptions& options) {
  return format == Format::json ? report::write_measure_json(answer) : report::write_measured(answer, options);
}

}  // namespace imgslim
