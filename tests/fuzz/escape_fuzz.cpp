// Whatever bytes a name holds: no control reaches a terminal, no separator a stack, and JSON gives the bytes back.
#include <cstdint>
#include <initializer_list>
#include <string>

#include "core/check.h"
#include "core/limits.h"
#include "json/parse.h"
#include "report/escape.h"
#include "report/width.h"

using namespace imgslim;

namespace {

void check_terminal(const std::string& shown) {
  for (const char c : shown) IMGSLIM_CHECK(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
  for (std::string_view rest = shown; !rest.empty();) {
    const auto point = report::first_code_point(rest);
    IMGSLIM_CHECK(point.valid);
    IMGSLIM_CHECK(point.value < 0x80 || point.value >= 0xa0);     // C1 controls
    IMGSLIM_CHECK(point.value < 0x200b || point.value > 0x200f);  // zero width, marks
    IMGSLIM_CHECK(point.value < 0x2028 || point.value > 0x202e);  // separators, bidirectional overrides
    IMGSLIM_CHECK(point.value < 0x2066 || point.value > 0x2069);  // bidirectional isolates
    rest.remove_prefix(point.size_bytes);
  }
  IMGSLIM_CHECK(shown.find("##vso[") == std::string::npos && shown.find("##[") == std::string::npos);
  IMGSLIM_CHECK(!shown.starts_with("::"));
  IMGSLIM_CHECK(report::escape_terminal(shown) == shown);
}

void check_cuts(const std::string& shown) {
  for (const std::size_t cells : std::initializer_list<std::size_t>{0, 1, 2, 7, 40}) {
    IMGSLIM_CHECK(report::display_width(report::cut_middle(shown, cells, "...")) <= cells);
    IMGSLIM_CHECK(report::display_width(report::cut_end(shown, cells, "...")) <= cells);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto shown = report::escape_terminal(text);
  check_terminal(shown);
  check_cuts(shown);
  const auto frame = report::escape_folded(text);
  check_terminal(frame);
  IMGSLIM_CHECK(frame.find(';') == std::string::npos);

  std::string quoted;
  report::append_json_string(quoted, text);
  const auto parsed = json::parse(quoted, Limits{});
  IMGSLIM_CHECK(parsed.has_value() && parsed->is_string());
  IMGSLIM_CHECK(report::unescape_bytes(parsed->get<std::string>()) == text);
  return 0;
}
