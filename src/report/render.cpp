#include "imgslim/render.h"

#include "report/folded.h"
#include "report/json_writer.h"
#include "report/ncdu.h"
#include "report/text_blocks.h"

namespace imgslim {

Result<Format> parse_format(std::string_view name) {
  if (name == "text") return Format::text;
  if (name == "json") return Format::json;
  if (name == "ncdu") return Format::ncdu;
  if (name == "folded") return Format::folded;
  return usage_error("unknown format \"" + std::string(name.substr(0, 40)) + "\": text, json, ncdu or folded");
}

std::string render(const Report& report, Format format, const RenderOptions& options) {
  switch (format) {
    case Format::json:
      return report::write_report_json(report, options.top);
    case Format::ncdu:
      return report::write_ncdu_of_paths(report);
    case Format::folded:
      return report::write_folded_of_paths(report);
    case Format::text:
      break;
  }
  return report::write_text(report, options);
}

std::string render_why(const WhyAnswer& answer, Format format, const RenderOptions& options) {
  return format == Format::json ? report::write_why_json(answer) : report::write_why_text(answer, options);
}

}  // namespace imgslim
