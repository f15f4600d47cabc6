#include "app/diff_command.h"

#include "app/baseline_input.h"
#include "app/comment_settings.h"
#include "app/output.h"
#include "app/report_output.h"

namespace imgslim::app {
namespace {

Result<std::string> render_diff(const ReportOutput& output, OutputFormat format, const RenderOptions& looks) {
  switch (format) {
    case OutputFormat::text:
      return render_comparison(*output.comparison, Format::text, looks);
    case OutputFormat::json:
      return render_comparison(*output.comparison, Format::json, looks);
    case OutputFormat::markdown:
      return render_output(output, format, looks);
    default:
      return usage_error("imgslim diff prints text, json or markdown");
  }
}

}  // namespace

Status run_diff(const Options& options) {
  IMGSLIM_TRY(const auto outputs, parse_outputs(options.outputs));
  IMGSLIM_TRY(const auto looks, render_options(options.looks));
  if (options.analyze.image == "-" && options.gate.head == "-")
    return usage_error("standard input can be one of the two sides");
  IMGSLIM_TRY(const auto base, read_side(options, options.analyze.image));
  IMGSLIM_TRY(const auto head, read_side(options, options.gate.head));
  IMGSLIM_TRY_DONE(check_platforms(base, head, options.gate.other_platform));
  IMGSLIM_TRY(const auto comparison, compare(base, head));
  IMGSLIM_TRY(const auto comment, comment_options(options.comment, outputs));
  const ReportOutput output{head, nullptr, &comparison, std::nullopt, comment};
  for (const auto& request : outputs) {
    IMGSLIM_TRY(const auto text, render_diff(output, request.format, looks_for(request.file, looks)));
    IMGSLIM_TRY_DONE(write_output(request, text));
  }
  return Done{};
}

}  // namespace imgslim::app
