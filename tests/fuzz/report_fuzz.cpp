// A report may come from anyone: reading any bytes ends in a report or an error, and what was read renders in every
// format, on lines that fit, and reads back the same.
#include <cstdint>
#include <sstream>
#include <string>

#include "core/check.h"
#include "imgslim/render.h"
#include "report/escape.h"
#include "report/width.h"

using namespace imgslim;

namespace {

void check_text(const std::string& text, std::size_t columns) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    IMGSLIM_CHECK(report::display_width(line) <= columns);
    IMGSLIM_CHECK(report::escape_terminal(line) == line);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto parsed = parse_report({reinterpret_cast<const char*>(data), size});
  if (!parsed) {
    IMGSLIM_CHECK(!parsed.error().message.empty());
    return 0;
  }
  const auto json = render(*parsed, Format::json, {});
  const auto again = parse_report(json);
  IMGSLIM_CHECK(again.has_value());
  IMGSLIM_CHECK(*again == *parsed);
  IMGSLIM_CHECK(render(*again, Format::json, {}) == json);
  check_text(render(*parsed, Format::text, {}), 80);
  check_text(render(*parsed, Format::text, {.units = Units::bytes, .columns = 60, .unicode = false, .top = 1}), 60);
  IMGSLIM_CHECK(!render(*parsed, Format::ncdu, {}).empty());
  static_cast<void>(render(*parsed, Format::folded, {}));
  return 0;
}
