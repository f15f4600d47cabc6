#include "app/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>

#include "core/byte_format.h"

namespace imgslim::app {
namespace {

std::string_view environment(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? std::string_view() : value;
}

bool wants_color(When color) {
  if (color != When::automatic) return color == When::always;
  if (!environment("NO_COLOR").empty()) return false;
  if (!environment("FORCE_COLOR").empty() && environment("FORCE_COLOR") != "0") return true;
  if (!environment("CLICOLOR_FORCE").empty() && environment("CLICOLOR_FORCE") != "0") return true;
  return isatty(STDOUT_FILENO) == 1 && environment("TERM") != "dumb";
}

/// The first of the three that is set decides, as in setlocale(3).
bool locale_is_utf8() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const auto value = environment(name);
    if (value.empty()) continue;
    return value.find("UTF-8") != std::string_view::npos || value.find("utf8") != std::string_view::npos ||
           value.find("utf-8") != std::string_view::npos || value.find("UTF8") != std::string_view::npos;
  }
  return false;
}

int terminal_columns() {
  constexpr int fallback = 80, widest = 160;
  if (isatty(STDOUT_FILENO) != 1) return fallback;
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return fallback;
  return std::min<int>(size.ws_col, widest);
}

}  // namespace

Result<RenderOptions> render_options(const LookOptions& looks) {
  RenderOptions options;
  IMGSLIM_TRY(options.units, parse_units(looks.units));
  options.columns = terminal_columns();
  options.color = wants_color(looks.color);
  options.plain = looks.plain;
  options.unicode = locale_is_utf8();
  options.top = looks.top;
  return options;
}

RenderOptions looks_for(const std::string& file, RenderOptions looks) {
  if (!file.empty()) {
    looks.columns = 80;
    looks.color = false;
  }
  return looks;
}

bool wants_progress(const LookOptions& looks) {
  if (looks.progress != When::automatic) return looks.progress == When::always;
  return isatty(STDERR_FILENO) == 1 && environment("TERM") != "dumb";
}

}  // namespace imgslim::app
