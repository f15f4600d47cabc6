#pragma once

#include <string>
#include <vector>

#include "imgslim/render.h"

namespace imgslim::app {

enum class When { automatic, always, never };

/// What the user said about looks.
struct LookOptions {
  When color = When::automatic;
  When progress = When::automatic;
  bool plain = false;
  std::string units = "si";
  std::size_t top = 0;
};

/// How text on standard output is to look: width, colour and characters of the terminal (NO_COLOR, FORCE_COLOR,
/// CLICOLOR_FORCE, TERM, COLUMNS, locale), 80 plain columns when there is none. The environment changes looks only,
/// never a number.
Result<RenderOptions> render_options(const LookOptions& looks);

/// Text for files looks as on an 80-column terminal without colour: files outlive terminals. "" is standard output.
[[nodiscard]] RenderOptions looks_for(const std::string& file, RenderOptions looks);

/// True when progress belongs on standard error.
[[nodiscard]] bool wants_progress(const LookOptions& looks);

}  // namespace imgslim::app
